"""The Redis of this service's state: what must not be lost, and is refused rather than guessed."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from math import ceil
from time import monotonic
from typing import Annotated, TypeVar

import structlog
from pydantic import Field, SecretStr
from redis import exceptions
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from shared.errors import UnavailableError
from shared.lifecycle import Resource, Resources
from shared.settings import ServiceSettings, url_form

T = TypeVar("T")

TIMEOUT_SECONDS = 0.5
PAUSE_SECONDS = 1.0
MAX_CONNECTIONS = 50

_LOSSES = (exceptions.ConnectionError, exceptions.TimeoutError, OSError)
# Answers of a server that is there, although redis-py has them as connection errors.
_REFUSALS = (
    exceptions.AuthenticationError,
    exceptions.AuthorizationError,
    exceptions.BusyLoadingError,
)

_log = structlog.stdlib.get_logger(__name__)


RedisUrl = Annotated[SecretStr, url_form("redis://:password@host:6379/0", "redis", "rediss")]


class RedisSettings(ServiceSettings):
    """Where Redis is, and which keys in it are this service's."""

    redis_url: RedisUrl = Field(examples=["redis://:password@localhost:6379/0"])
    redis_prefix: str = Field(default="", examples=["users-api:"])


class RedisStore:
    """Runs the commands of one purpose, on keys that begin with this service's prefix.

    Each purpose has a breaker of its own, so that no trouble of one decides about another.
    """

    def __init__(self, client: Redis, prefix: str, purpose: str) -> None:
        self._client, self._prefix, self._purpose = client, prefix, purpose
        self._paused_until = 0.0

    def key(self, *parts: str) -> str:
        """Return the whole name of a key."""
        return self._prefix + ":".join(parts)

    async def run(self, command: Callable[[Redis], Awaitable[T]]) -> T:
        """Return what the command gives. Raises `UnavailableError` when Redis doesn't do it.

        After a lost connection the next second's commands fail at once: waiting for each would
        slow down all. A refusal (no memory, no rights) and a busy pool are no lost connection.
        """
        if monotonic() >= self._paused_until:
            try:
                return await command(self._client)
            except (exceptions.RedisError, OSError) as error:
                if _is_lost(error):
                    self._paused_until = monotonic() + PAUSE_SECONDS
                reason = f"{type(error).__name__}: {error}"
                _log.warning("redis failed", purpose=self._purpose, error=reason)
        raise UnavailableError("Redis can't be reached.", retry_after=ceil(PAUSE_SECONDS))


class StateRedis:
    """The connections to the Redis of this service's state."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client, self._prefix = client, prefix

    def store(self, purpose: str) -> RedisStore:
        """Return what runs the commands of one purpose, with a breaker of its own."""
        return RedisStore(self._client, self._prefix, purpose)

    async def ping(self) -> None:
        """Raise an error unless Redis can be written: a full one answers, and keeps nothing."""
        await self._client.set(f"{self._prefix}ready", "1", ex=60)


@asynccontextmanager
async def open_redis(url: SecretStr) -> AsyncIterator[Redis]:
    """Make a client of this process; it connects when there is something to ask."""
    pool = BlockingConnectionPool.from_url(
        url.get_secret_value(),
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
        yield client
    finally:
        await client.aclose()


def key_prefix(settings: RedisSettings) -> str:
    """Return what every key of this service begins with."""
    return settings.redis_prefix or f"{settings.service_name}:"


@asynccontextmanager
async def _open_state(resources: Resources) -> AsyncIterator[StateRedis]:
    settings = resources.get(RedisSettings)
    async with open_redis(settings.redis_url) as client:
        yield StateRedis(client, key_prefix(settings))


def _is_lost(error: Exception) -> bool:
    if isinstance(error, _REFUSALS):
        return False
    # All connections of the pool are busy: nothing but this cause says so.
    busy = type(error) is exceptions.ConnectionError and isinstance(error.__cause__, TimeoutError)
    return not busy and isinstance(error, _LOSSES)


STATE = Resource(
    provides=StateRedis, open=_open_state, requires=(RedisSettings,), ping=StateRedis.ping
)
