"""What the rules need of the world, and how the data service gives it."""

from typing import Protocol
from uuid import UUID

from app.changes import Changes
from app.people import USER, USERS, User
from app.users.schemas import UserQuery, UserUpdate
from shared.http import DataServiceClient
from shared.pagination import Page


class UserGateway(Protocol):
    """Reads and writes users.

    Every method may raise `UnavailableError` or `BadGatewayError`.
    """

    async def get(self, user_id: UUID) -> User:
        """Return the user with this id. Raises `NotFoundError`."""

    async def page(self, query: UserQuery) -> Page[User]:
        """Return a page of users."""

    async def update(self, user_id: UUID, changes: UserUpdate) -> User:
        """Change what is named. Raises `NotFoundError`, or `ConflictError` for an old version."""

    async def deactivate(self, user_id: UUID, version: int) -> User:
        """Take the user out of use. Raises what `update` raises."""


class DataServiceUsers:
    """Users as the data service has them."""

    def __init__(self, client: DataServiceClient, changes: Changes) -> None:
        self._client, self._changes = client, changes

    async def get(self, user_id: UUID) -> User:
        """Return the user with this id."""
        return await self._client.get(USER, path_params={"user_id": user_id}, into=User)

    async def page(self, query: UserQuery) -> Page[User]:
        """Return a page of users."""
        return await self._client.get(USERS, params=query.model_dump(), into=Page[User])

    async def update(self, user_id: UUID, changes: UserUpdate) -> User:
        """Change what is named."""
        return await self._patch(user_id, changes["version"], changes)

    async def deactivate(self, user_id: UUID, version: int) -> User:
        """Take the user out of use."""
        return await self._patch(user_id, version, {"version": version, "is_active": False})

    async def _patch(self, user_id: UUID, version: int, body: object) -> User:
        place = {"user_id": user_id}
        return await self._changes.change(
            user_id,
            version,
            lambda: self._client.patch(USER, path_params=place, json=body, into=User),
        )
