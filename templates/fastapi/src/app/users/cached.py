"""Users from the cache, as long as nobody changes them through this service."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from typing_extensions import override

from app.cache import JsonCache
from app.idempotency import NO_KEY, IdempotencyKey
from app.user_gateway import User, UserGateway
from shared.lifecycle import Resources


class CachedUsers(UserGateway):
    """Reads single users from the cache; whatever may have changed one has it read anew."""

    requires: ClassVar[tuple[type, ...]] = (JsonCache,)

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._cache = resources.get(JsonCache)

    @override
    async def get(self, user_id: UUID) -> User:
        """Return the user with this id, perhaps as they were CACHE_TTL_SECONDS ago."""
        read = super().get
        return await self._cache.get(f"user:{user_id}", User, lambda: read(user_id))

    @override
    async def update(
        self, user_id: UUID, changes: Mapping[str, object], key: IdempotencyKey = NO_KEY
    ) -> User:
        """Change what is named."""
        try:
            return await super().update(user_id, changes, key)
        finally:
            # After an error too: it may have changed nonetheless, or be newer than what is kept.
            await self._cache.forget(f"user:{user_id}")

    @override
    async def set_credentials(
        self, user_id: UUID, credentials: Mapping[str, object], key: IdempotencyKey = NO_KEY
    ) -> User:
        """Store a new password hash."""
        try:
            return await super().set_credentials(user_id, credentials, key)
        finally:
            # It has another version.
            await self._cache.forget(f"user:{user_id}")
