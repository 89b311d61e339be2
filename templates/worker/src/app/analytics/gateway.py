"""What the rules need of the world, and how Redis gives it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.contracts.analytics import Report
from shared.errors import UnavailableError

# Both in one step, or a process that dies in between would have it counted twice or never.
_COUNT_ONCE = """
if redis.call('SADD', KEYS[1], ARGV[1]) == 1 then
  redis.call('HINCRBY', KEYS[2], ARGV[2], 1)
end
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[3])
"""
_DAY_SECONDS = 24 * 60 * 60


class Counts(Protocol):
    """Keeps what was counted; every method may raise `UnavailableError`."""

    async def add(self, day: date, kind: str, message_id: str) -> None:
        """Count the message on that day, once however often it is added."""

    async def of(self, day: date) -> dict[str, int]:
        """Return how many of each kind there were."""

    async def keep(self, report: Report) -> None:
        """Keep the report, instead of one of the same day."""


class RedisCounts:
    """Counts in Redis, one hash for each day."""

    def __init__(self, client: Redis, prefix: str, days: int) -> None:
        self._client, self._prefix = client, f"{prefix}analytics:"
        self._seconds = days * _DAY_SECONDS
        self._count = client.register_script(_COUNT_ONCE)

    async def add(self, day: date, kind: str, message_id: str) -> None:
        """Count the message on that day, once however often it is added."""
        keys = [self._key("seen", day), self._key("counts", day)]
        with _translated():
            await self._count(keys=keys, args=[message_id, kind, self._seconds])

    async def of(self, day: date) -> dict[str, int]:
        """Return how many of each kind there were."""
        with _translated():
            found = await self._client.hgetall(self._key("counts", day))
        return {str(kind): int(count) for kind, count in found.items()}

    async def keep(self, report: Report) -> None:
        """Keep the report, instead of one of the same day."""
        text = report.model_dump_json()
        with _translated():
            await self._client.set(self._key("report", report.day), text, ex=self._seconds)

    def _key(self, what: str, day: date) -> str:
        return f"{self._prefix}{what}:{day}"


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise UnavailableError("Redis can't be reached.", retry_after=1) from error
