"""The Redis of this service; it may be gone, and then nobody waits for it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from math import ceil
from time import monotonic
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

import structlog
from pydantic import AfterValidator, Field, SecretStr
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from shared.errors import UnavailableError
from shared.lifecycle import Resource, Resources
from shared.settings import ServiceSettings

T = TypeVar("T")

TIMEOUT_SECONDS = 0.5
PAUSE_SECONDS = 1.0
MAX_CONNECTIONS = 50

_log = structlog.stdlib.get_logger(__name__)


def _redis_url(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname:
        raise ValueError("not of the form redis://:password@host:6379/0")
    return value


class RedisSettings(ServiceSettings):
    """Where Redis is, and which keys in it are this service's."""

    redis_url: Annotated[SecretStr, AfterValidator(_redis_url)] = Field(
        examples=["redis://:password@localhost:6379/0"]
    )
    redis_prefix: str = Field(default="", examples=["users-api:"])


class Store:
    """Runs commands on keys that all begin with this service's prefix."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client, self._prefix = client, prefix
        self._paused_until = 0.0

    def key(self, *parts: str) -> str:
        """Return the whole name of a key."""
        return self._prefix + ":".join(parts)

    async def run(self, command: Callable[[Redis], Awaitable[T]]) -> T:
        """Return what the command gives. Raises `UnavailableError` when Redis is away.

        After that the next second's commands fail at once: waiting for each would slow down all.
        """
        if monotonic() >= self._paused_until:
            try:
                return await command(self._client)
            except (RedisError, OSError) as error:
                self._paused_until = monotonic() + PAUSE_SECONDS
                _log.warning("redis is away", error=repr(error))
        raise UnavailableError("Redis can't be reached.", retry_after=ceil(PAUSE_SECONDS))


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Store]:
    """Make the client of this process; it connects when there is something to ask."""
    settings = resources.get(RedisSettings)
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
    try:
        yield Store(client, settings.redis_prefix or f"{settings.service_name}:")
    finally:
        await client.aclose()


# Not pinged: the service works without it, if not as well, so /ready doesn't depend on it.
STORE = Resource(provides=Store, open=opened, requires=(RedisSettings,))
