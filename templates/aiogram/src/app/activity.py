"""Counts what people send, over all processes: each person's of late, and everybody's today."""

from __future__ import annotations

from datetime import UTC, datetime

from app.redis import ServiceRedis, translate_errors
from shared.lifecycle import Resource

KEPT_SECONDS = 8 * 86400

# One round trip: it is made for every update.
_COUNT = """
local recent = redis.call('INCR', KEYS[1])
if recent == 1 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
redis.call('PFADD', KEYS[3], ARGV[1])
if redis.call('INCR', KEYS[2]) == 1 then
  redis.call('EXPIRE', KEYS[2], ARGV[3])
  redis.call('EXPIRE', KEYS[3], ARGV[3])
end
return recent
"""


class Activity:
    """How many updates came, and of how many people; methods may raise UnavailableError."""

    def __init__(self, redis: ServiceRedis) -> None:
        self._redis = redis
        self._count = redis.client.register_script(_COUNT)

    async def count(self, user_id: int, seconds: int) -> int:
        """Count one update of a person, and return how many it were since so many seconds."""
        keys = [self._redis.key("recent", user_id), *self._keys_of_today()]
        with translate_errors():
            return int(await self._count(keys=keys, args=[user_id, seconds, KEPT_SECONDS]))

    async def today(self) -> tuple[int, int]:
        """Return how many updates came today (UTC), and of about how many people."""
        updates, people = self._keys_of_today()
        with translate_errors():
            counted = await self._redis.client.get(updates)
            return int(counted or 0), int(await self._redis.client.pfcount(people))

    def _keys_of_today(self) -> tuple[str, str]:
        key, day = self._redis.key, datetime.now(UTC).date()
        return key("activity", "updates", day), key("activity", "people", day)


ACTIVITY = Resource(
    provides=Activity,
    factory=lambda resources: Activity(resources.get(ServiceRedis)),
    requires=(ServiceRedis,),
)
