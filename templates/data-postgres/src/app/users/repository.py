"""The SQL of users."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import undefer

from app.records import Records
from app.search import starts_with
from app.users.model import User
from app.users.schemas import UserQuery
from shared.errors import NotFoundError


class UserRepository(Records[User]):
    """Reads and writes users; for everybody but the database the deleted ones don't exist."""

    model = User
    visible: ClassVar[Sequence[ColumnElement[bool]]] = (User.deleted_at.is_(None),)

    @staticmethod
    def matching(query: UserQuery) -> list[ColumnElement[bool]]:
        """Return the conditions that the query's filters stand for."""
        conditions: list[ColumnElement[bool]] = []
        if query.search is not None:
            name, email = (
                starts_with(User.name, query.search),
                starts_with(User.email, query.search),
            )
            conditions.append(or_(name, email))
        if query.role is not None:
            conditions.append(User.role == query.role)
        if query.is_active is not None:
            conditions.append(User.is_active == query.is_active)
        return conditions

    async def by_email(self, email: str) -> User:
        """Return the user with this address in any case. Raises `NotFoundError`."""
        return await self.find(has_email(email))

    async def by_telegram_id(self, telegram_id: int) -> User:
        """Return the user with this Telegram id. Raises `NotFoundError`."""
        return await self.find(User.telegram_id == telegram_id)

    async def with_credentials(self, condition: ColumnElement[bool]) -> User:
        """Return the one user that meets the condition, password hash included."""
        statement = (
            select(User).where(*self.visible, condition).options(undefer(User.password_hash))
        )
        user = await self.session.scalar(statement)
        if user is None:
            raise NotFoundError("There is no such user.")
        return user

    async def delete(self, record_id: UUID, version: int) -> None:
        """Mark the user as deleted and forget the password. Raises what `change` raises."""
        await self.change(record_id, version, deleted_at=func.clock_timestamp(), password_hash=None)


def has_email(email: str) -> ColumnElement[bool]:
    """Tell whether a user has this address, in any case."""
    return func.lower(User.email) == func.lower(email)
