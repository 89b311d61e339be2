"""What the plain side keeps in Redis when tasks are tracked: a claim, a status, a count."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis

_LEASE_MILLISECONDS = 30_000
_KEPT_SECONDS = 86_400


class Claims:
    """Claims a task before its work and completes it after: two round trips; none without Redis."""

    def __init__(self, redis: "Redis | None") -> None:
        self._redis = redis

    @classmethod
    def from_environment(cls) -> "Claims":
        """Redis at `REDIS_URL` when `TRACKED` is 1."""
        tracked = os.environ.get("TRACKED") == "1"
        return cls(Redis.from_url(os.environ["REDIS_URL"]) if tracked else None)

    @asynccontextmanager
    async def held(self, task: str) -> AsyncIterator[None]:
        """Hold the claim of one task; raises when somebody else has it."""
        if self._redis is None:
            yield
            return
        async with self._redis.pipeline(transaction=True) as begun:
            begun.set(f"claim:{task}", "worker", nx=True, px=_LEASE_MILLISECONDS)
            begun.hset(f"task:{task}", mapping={"state": "running", "attempts": 1})
            begun.expire(f"task:{task}", _KEPT_SECONDS)
            if not (await begun.execute())[0]:
                raise RuntimeError("somebody else has it")
        yield
        async with self._redis.pipeline(transaction=True) as ended:
            ended.set(f"claim:{task}", "done", ex=_KEPT_SECONDS)
            ended.hset(f"task:{task}", mapping={"state": "done"})
            ended.hincrby("stats", "processed")
            await ended.execute()
