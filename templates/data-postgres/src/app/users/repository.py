"""The SQL of users."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, or_, update

from app.errors import translate_errors
from app.paging import starts_with
from app.records import Repository, View, check_version, shown, table_of
from app.users.model import User
from app.users.schemas import Credentials, UserQuery, UserRead

NOT_DELETED = User.deleted_at.is_(None)

USERS = View(User, UserRead, NOT_DELETED)
CREDENTIALS = View(User, Credentials, NOT_DELETED)


class UserRepository(Repository[User]):
    """Changes users; for everybody but the database the deleted ones don't exist."""

    model, visible = User, (NOT_DELETED,)

    async def delete(self, record_id: UUID, version: int) -> None:
        """Mark the user as deleted and forget the password. Raises what `change` raises."""
        await self.change(record_id, version, deleted_at=func.clock_timestamp(), password_hash=None)

    async def rehash(self, user_id: UUID, version: int, password_hash: str) -> Row[Any]:
        """Store another hash of the same password, which is no change that anybody could see.

        Raises what `change` raises.
        """
        check_version(await self.lock(user_id), version)
        users = table_of(User)
        statement = (
            update(users)
            .where(users.c.id == user_id)
            .values(password_hash=password_hash)
            .returning(*shown(User))
        )
        with translate_errors():
            return (await self.session.execute(statement)).one()

    def complete(self, current: Row[Any], values: dict[str, object]) -> dict[str, object]:
        """Take back the proof of an address that is another one now."""
        if values.get("email", current.email) != current.email:
            return {"email_verified_at": None} | values
        return values


def matching(query: UserQuery) -> list[ColumnElement[bool]]:
    """Return the conditions that the query's filters stand for."""
    conditions: list[ColumnElement[bool]] = []
    if query.search is not None:
        names = (User.name, User.email)
        conditions.append(or_(*(starts_with(name, query.search) for name in names)))
    if query.role is not None:
        conditions.append(User.role == query.role)
    if query.is_active is not None:
        conditions.append(User.is_active == query.is_active)
    return conditions


def has_email(email: str) -> ColumnElement[bool]:
    """Return whether a user has this address, in any case."""
    return func.lower(User.email) == func.lower(email)
