"""What the rules need of the world, and how Redis gives it."""

from datetime import date
from typing import Protocol

from app.redis import ServiceRedis, translate_errors
from shared.contracts.analytics import Report

# Both in one step, or a process that dies in between would have it counted twice or never.
_COUNT_ONCE = """
if redis.call('SADD', KEYS[1], ARGV[1]) == 1 then
  redis.call('HINCRBY', KEYS[2], ARGV[2], 1)
end
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[4])
"""
_DAY_SECONDS = 24 * 60 * 60
# An id is known for as long as its message may come again, counted from the last of its day.
_SEEN_SECONDS = 6 * 60 * 60


class Counts(Protocol):
    """Keeps what was counted; every method may raise `UnavailableError`."""

    async def add(self, day: date, kind: str, message_id: str) -> None:
        """Count the message on that day, once however often it is added."""

    async def of(self, day: date) -> dict[str, int]:
        """Return how many of each kind there were."""

    async def keep(self, report: Report) -> None:
        """Keep the report, instead of one of the same day."""


class RedisCounts:
    """Counts in Redis: one hash for each day, and for some hours the ids of what was counted."""

    def __init__(self, redis: ServiceRedis, days: int) -> None:
        self._redis, self._seconds = redis, days * _DAY_SECONDS
        self._count = redis.client.register_script(_COUNT_ONCE)

    async def add(self, day: date, kind: str, message_id: str) -> None:
        """Count the message on that day, once however often it is added."""
        keys = [self._key("seen", day), self._key("counts", day)]
        with translate_errors():
            await self._count(keys=keys, args=[message_id, kind, _SEEN_SECONDS, self._seconds])

    async def of(self, day: date) -> dict[str, int]:
        """Return how many of each kind there were."""
        with translate_errors():
            found = await self._redis.client.hgetall(self._key("counts", day))
        return {str(kind): int(count) for kind, count in found.items()}

    async def keep(self, report: Report) -> None:
        """Keep the report, instead of one of the same day."""
        text = report.model_dump_json()
        with translate_errors():
            await self._redis.client.set(self._key("report", report.day), text, ex=self._seconds)

    def _key(self, what: str, day: date) -> str:
        return self._redis.key("analytics", what, str(day))
