"""Which sessions are over and which refresh tokens are used up, in Redis until they'd expire."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from app.auth.settings import AuthSettings
from app.redis import RedisStore, StateRedis
from shared.lifecycle import Resource, Resources

# A token is accepted for some seconds more than it says.
MARGIN_SECONDS = 60


class Revocations:
    """The list; every method raises `UnavailableError` when Redis is away."""

    def __init__(self, store: RedisStore, seconds: int) -> None:
        self._store, self._seconds = store, seconds + MARGIN_SECONDS

    async def revoke(self, session_id: UUID) -> None:
        """End a session: none of its tokens is accepted any more."""
        key = self._session(session_id)
        await self._store.run(lambda redis: redis.set(key, "1", ex=self._seconds))

    async def is_revoked(self, session_id: UUID) -> bool:
        """Tell whether a session is over."""
        key = self._session(session_id)
        return bool(await self._store.run(lambda redis: redis.exists(key)))

    async def use_up(self, token_id: UUID) -> bool:
        """Mark a refresh token as used; tell whether this was the first time."""
        key = self._store.key("used", str(token_id))
        first = await self._store.run(lambda redis: redis.set(key, "1", ex=self._seconds, nx=True))
        return bool(first)

    def _session(self, session_id: UUID) -> str:
        return self._store.key("revoked", str(session_id))


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Revocations]:
    """Use the Redis of this process."""
    seconds = resources.get(AuthSettings).refresh_token_seconds
    yield Revocations(resources.get(StateRedis).store("sessions"), seconds)


REVOCATIONS = Resource(provides=Revocations, open=opened, requires=(AuthSettings, StateRedis))
