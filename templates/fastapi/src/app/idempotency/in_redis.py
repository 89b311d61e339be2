"""Keeps idempotency records in Redis, for all replicas together.

While Redis is away a request with a key is refused: it asks for a promise that nobody could keep.
"""

from app.idempotency import RUNNING_SECONDS, IdempotencyRecords, Record
from app.redis import STATE, RedisStore, StateRedis
from app.settings import ApiSettings
from shared.lifecycle import Resource, Resources
from shared.web import Feature

_CLAIM = """
local known = redis.call('GET', KEYS[1])
if not known then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end
return known
"""


class RedisRecords(IdempotencyRecords):
    """Keeps each record under a key of its own."""

    def __init__(self, store: RedisStore, ttl_seconds: int) -> None:
        self._store, self._ttl_seconds = store, ttl_seconds

    async def claim(self, name: str, record: Record) -> Record | None:
        """Keep the record if there is none yet; otherwise return that one."""
        key, text = self._key(name), record.model_dump_json()
        known = await self._store.run(
            lambda redis: redis.eval(_CLAIM, 1, key, text, str(RUNNING_SECONDS))
        )
        return Record.model_validate_json(str(known)) if known else None

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


def _make(resources: Resources) -> IdempotencyRecords:
    ttl_seconds = resources.get(ApiSettings).idempotency_ttl_seconds
    return RedisRecords(resources.get(StateRedis).store("idempotency"), ttl_seconds)


RECORDS = Resource(provides=IdempotencyRecords, factory=_make, requires=(ApiSettings, StateRedis))

feature = Feature(name="idempotency", resources=(STATE, RECORDS))
