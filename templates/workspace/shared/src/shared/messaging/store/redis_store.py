"""The store: one client of Redis for each process."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from shared.background import running
from shared.lifecycle import Resource, Resources
from shared.messaging.store.claims import Leases, Lifetimes, RedisClaims
from shared.messaging.store.schedules import RedisSchedules
from shared.messaging.store.scripts import Keys, Scripts
from shared.messaging.store.statuses import RedisStatuses

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.messaging.settings import TaskSettings


class RedisStore(RedisClaims, RedisStatuses):
    """The port `TaskStore`; `leases` has the claims of this process, which somebody must keep.

    `schedules` remembers what was enqueued by the clock.
    """

    def __init__(self, client: Redis, settings: TaskSettings) -> None:
        scripts, keys = Scripts(client), Keys(settings.messaging_prefix)
        lease, lifetimes = (
            settings.task_claim_seconds,
            Lifetimes(task=settings.task_status_seconds, event=settings.event_claim_seconds),
        )
        self.leases = Leases(scripts, lease)
        self.schedules = RedisSchedules(scripts, keys)
        RedisClaims.__init__(self, scripts, keys, self.leases, lease, lifetimes)
        RedisStatuses.__init__(self, scripts, keys, lifetimes.task)

    async def ping(self) -> None:
        """Raise UnavailableError when Redis does not answer, or is full."""
        await self._scripts.ping(self._keys.ping)


TIMEOUT_SECONDS = 2.0
MAX_CONNECTIONS = 32


@asynccontextmanager
async def open_store(settings: TaskSettings) -> AsyncIterator[RedisStore]:
    """Open the store; it connects when there is something to ask."""
    pool = BlockingConnectionPool.from_url(
        settings.redis_url.get_secret_value(),
        max_connections=MAX_CONNECTIONS,
        timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        # One more try is for a connection that broke while it was idle.
        retry=Retry(NoBackoff(), 1),
        decode_responses=True,
    )
    client = Redis.from_pool(pool)
    store = RedisStore(client, settings)
    try:
        async with running(store.leases.renew_forever):
            yield store
    finally:
        await client.aclose()


@cache
def store_resource(settings: type[TaskSettings]) -> Resource[RedisStore]:
    """Return the one store of a process, whose settings are of this class."""

    @asynccontextmanager
    async def opened(resources: Resources) -> AsyncIterator[RedisStore]:
        async with open_store(resources.get(settings)) as store:
            yield store

    return Resource(provides=RedisStore, open=opened, requires=(settings,))
