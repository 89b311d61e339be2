"""Counts what people do, by day of UTC and over all processes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.redis import ServiceRedis, translated
from shared.lifecycle import Resource

if TYPE_CHECKING:
    from redis.asyncio.client import Pipeline

KEPT_SECONDS = 8 * 86400


class Activity:
    """How many updates came today, and of how many people."""

    def __init__(self, redis: ServiceRedis) -> None:
        self._redis = redis

    def add(self, pipeline: Pipeline, user_id: int) -> None:
        """Count one update of a person, in a round trip that is made anyway."""
        updates, people = self._keys()
        pipeline.incr(updates)
        pipeline.expire(updates, KEPT_SECONDS)
        pipeline.pfadd(people, user_id)
        pipeline.expire(people, KEPT_SECONDS)

    async def today(self) -> tuple[int, int]:
        """Return how many updates came today, and of about how many people."""
        updates, people = self._keys()
        with translated():
            counted = await self._redis.client.get(updates)
            return int(counted or 0), int(await self._redis.client.pfcount(people))

    def _keys(self) -> tuple[str, str]:
        day = f"{datetime.now(UTC):%Y-%m-%d}"
        return self._redis.key("activity", "updates", day), self._redis.key(
            "activity", "people", day
        )


ACTIVITY = Resource(
    provides=Activity,
    factory=lambda resources: Activity(resources.get(ServiceRedis)),
    requires=(ServiceRedis,),
)
