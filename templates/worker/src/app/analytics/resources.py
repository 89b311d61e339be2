"""Opens the counts for as long as the process runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from app.analytics.gateway import RedisCounts
from app.analytics.service import Analytics
from app.analytics.settings import AnalyticsSettings
from shared.lifecycle import Resource, Resources

_TIMEOUT_SECONDS = 5.0


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Analytics]:
    """Make the client; it connects when there is something to count."""
    settings = resources.get(AnalyticsSettings)
    client = Redis.from_url(
        settings.redis_url.get_secret_value(),
        socket_timeout=_TIMEOUT_SECONDS,
        socket_connect_timeout=_TIMEOUT_SECONDS,
        decode_responses=True,
    )
    try:
        yield Analytics(RedisCounts(client, settings.own_prefix, settings.analytics_days))
    finally:
        await client.aclose()


# Not pinged: the state of tasks is in the same Redis, and that is.
ANALYTICS = Resource(provides=Analytics, open=opened, requires=(AnalyticsSettings,))
