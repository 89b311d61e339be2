"""Opens the store: one client for each process, and the renewal of what it holds."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from shared.background import running
from shared.messaging.store.redis_store import RedisStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.messaging.settings import TaskSettings

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
        async with running(store.held.keep):
            yield store
    finally:
        await client.aclose()
