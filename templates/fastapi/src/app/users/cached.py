"""Users from the cache, as long as nobody changes them through this service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from app.cache import JsonCache
from app.changes import Changes
from app.people import User
from app.users.gateway import DataServiceUsers, UserGateway
from app.users.schemas import UserQuery, UserUpdate
from app.users.service import Users
from shared.http import DataServiceClient
from shared.lifecycle import Resource, Resources
from shared.pagination import Page
from shared.web import Feature


class CachedUsers:
    """Reads single users from the cache; whatever may have changed one has it read anew."""

    def __init__(self, gateway: UserGateway, cache: JsonCache) -> None:
        self._gateway, self._cache = gateway, cache

    async def get(self, user_id: UUID) -> User:
        """Return the user with this id, perhaps as they were CACHE_TTL_SECONDS ago."""
        return await self._cache.get(_name(user_id), User, lambda: self._gateway.get(user_id))

    async def page(self, query: UserQuery) -> Page[User]:
        """Return a page of users, never from the cache."""
        return await self._gateway.page(query)

    async def update(self, user_id: UUID, changes: UserUpdate) -> User:
        """Change what is named."""
        try:
            return await self._gateway.update(user_id, changes)
        finally:
            # After an error too: it may have changed nonetheless, or be newer than what is kept.
            await self._cache.forget(_name(user_id))

    async def deactivate(self, user_id: UUID, version: int) -> User:
        """Take the user out of use."""
        try:
            return await self._gateway.deactivate(user_id, version)
        finally:
            await self._cache.forget(_name(user_id))


def _name(user_id: UUID) -> str:
    return f"user:{user_id}"


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Users]:
    """Put the cache in front of the data service's client."""
    gateway = DataServiceUsers(resources.get(DataServiceClient), resources.get(Changes))
    yield Users(CachedUsers(gateway, resources.get(JsonCache)))


SERVICE = Resource(provides=Users, open=opened, requires=(DataServiceClient, Changes, JsonCache))

feature = Feature(name="users-cached", resources=(SERVICE,))
