"""Keeps idempotency records in Redis, for all replicas together.

While Redis is away a request with a key is refused: it asks for a promise that nobody could keep.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.idempotency.records import RUNNING_SECONDS, Idempotency, Record
from app.redis import STATE, RedisStore, StateRedis
from app.settings import ApiSettings
from shared.lifecycle import Resource, Resources
from shared.web import Feature


class RedisRecords:
    """Keeps each record under a key of its own."""

    def __init__(self, store: RedisStore, ttl_seconds: int) -> None:
        self._store, self._ttl_seconds = store, ttl_seconds

    async def claim(self, name: str, record: Record) -> Record | None:
        """Keep the record if there is none yet; otherwise return that one."""
        key, text = self._key(name), record.model_dump_json()
        kept = await self._store.run(
            lambda redis: redis.set(key, text, nx=True, ex=RUNNING_SECONDS)
        )
        if kept:
            return None
        known = await self._store.run(lambda redis: redis.get(key))
        # It was released a moment ago: as good as one that is still running.
        return Record.model_validate_json(known) if known else record

    async def complete(self, name: str, record: Record) -> None:
        """Keep the record with its answer."""
        key, text = self._key(name), record.model_dump_json()
        await self._store.run(lambda redis: redis.set(key, text, ex=self._ttl_seconds))

    async def release(self, name: str) -> None:
        """Forget the record."""
        key = self._key(name)
        await self._store.run(lambda redis: redis.delete(key))

    def _key(self, name: str) -> str:
        return self._store.key("idempotency", name)


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Idempotency]:
    """Use the Redis of this process."""
    ttl_seconds = resources.get(ApiSettings).idempotency_ttl_seconds
    yield Idempotency(RedisRecords(resources.get(StateRedis).store("idempotency"), ttl_seconds))


IDEMPOTENCY = Resource(provides=Idempotency, open=opened, requires=(ApiSettings, StateRedis))

feature = Feature(name="idempotency", resources=(STATE, IDEMPOTENCY))
