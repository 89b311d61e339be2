"""The Redis of this service's own keys: state that must not be lost."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.settings import WorkerSettings
from shared.errors import UnavailableError
from shared.lifecycle import Resource, Resources

_TIMEOUT_SECONDS = 5.0
_PING_SECONDS = 60


class ServiceRedis:
    """The one client, and the names of keys: each begins with this service's prefix."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self.client, self._prefix = client, prefix

    def key(self, *parts: str) -> str:
        """Return the whole name of a key."""
        return self._prefix + ":".join(parts)

    async def ping(self) -> None:
        """Raise UnavailableError unless it can be written: a full one answers, and that is all."""
        with translate_errors():
            await self.client.set(self.key("ready"), "1", ex=_PING_SECONDS)


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise UnavailableError for whatever Redis does not do."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise UnavailableError("Redis can't be reached.", retry_after=1) from error


@asynccontextmanager
async def open_redis(resources: Resources) -> AsyncIterator[ServiceRedis]:
    """Make the client; it connects when there is something to ask."""
    settings = resources.get(WorkerSettings)
    client = Redis.from_url(
        settings.redis_url.get_secret_value(),
        socket_timeout=_TIMEOUT_SECONDS,
        socket_connect_timeout=_TIMEOUT_SECONDS,
        decode_responses=True,
    )
    try:
        yield ServiceRedis(client, settings.own_prefix)
    finally:
        await client.aclose()


REDIS = Resource(
    provides=ServiceRedis, open=open_redis, requires=(WorkerSettings,), ping=ServiceRedis.ping
)
