"""The people of the bot, as the data service knows them by their Telegram ids."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel

from app import texts
from app.data_service import DATA_SERVICE
from app.errors import RefusedError
from app.text import clean_name
from shared.errors import ConflictError, NotFoundError
from shared.http import DataServiceClient
from shared.lifecycle import Resource

if TYPE_CHECKING:
    from aiogram.types import User as TelegramUser

USERS = "/api/v1/users"
BY_TELEGRAM_ID = "/api/v1/users/by-telegram-id/{telegram_id}"
USER = "/api/v1/users/{user_id}"


class User(BaseModel):
    """What this service has to know of a user."""

    id: UUID
    name: str
    telegram_id: int | None
    is_active: bool
    version: int


class Users:
    """Finds people by their Telegram ids; what the data service refuses or lacks is raised."""

    def __init__(self, client: DataServiceClient) -> None:
        self._client = client

    async def ensure(self, person: TelegramUser) -> tuple[User, bool]:
        """Return the user of this person, made if there is none, and whether it was made now.

        However many ask at the same time, there is one. Raises RefusedError if it was deactivated.
        """
        try:
            user, is_new = await self._get(person.id), False
        except NotFoundError:
            user, is_new = await self._create(person)
        if not user.is_active:
            raise RefusedError(texts.deactivated())
        return user, is_new

    async def rename(self, person: TelegramUser, name: str) -> User:
        """Give the person another name, whatever else was changed meanwhile."""
        user, _ = await self.ensure(person)
        try:
            return await self._rename(user, name)
        except ConflictError:
            return await self._rename(await self._get(person.id), name)

    async def _get(self, telegram_id: int) -> User:
        return await self._client.get(
            BY_TELEGRAM_ID, path_params={"telegram_id": telegram_id}, into=User
        )

    async def _create(self, person: TelegramUser) -> tuple[User, bool]:
        name = clean_name(person.full_name) or f"Telegram {person.id}"
        body = {"name": name, "telegram_id": person.id}
        try:
            return await self._client.post(USERS, json=body, into=User), True
        except ConflictError:
            # Somebody was faster, or the answer to an earlier attempt was lost.
            return await self._get(person.id), False

    async def _rename(self, user: User, name: str) -> User:
        body = {"version": user.version, "name": name}
        return await self._client.patch(
            USER, path_params={"user_id": user.id}, json=body, into=User
        )


USERS_RESOURCES = (
    *DATA_SERVICE,
    Resource(
        provides=Users,
        factory=lambda resources: Users(resources.get(DataServiceClient)),
        requires=(DataServiceClient,),
    ),
)
