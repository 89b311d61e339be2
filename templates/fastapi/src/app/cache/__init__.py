"""The cache: what was loaded once is kept for a while in a Redis of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry

from app.cache.json_cache import JsonCache
from app.cache.leases import Leases
from app.cache.settings import CacheSettings
from app.redis import RedisStore, key_prefix, open_redis
from shared.lifecycle import Resource, Resources
from shared.web import Feature

__all__ = ["CACHE", "JsonCache", "feature"]


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[JsonCache]:
    """Use the Redis of caches, and end no load halfway."""
    settings = resources.get(CacheSettings)
    async with open_redis(settings.cache_redis_url) as client:
        store = RedisStore(client, key_prefix(settings), "cache")
        leases = Leases(store, settings.cache_ttl_seconds)
        cache = JsonCache(leases, resources.get(CollectorRegistry))
        yield cache
        await cache.close()


# Not pinged: what is not in the cache is loaded.
CACHE = Resource(provides=JsonCache, open=opened, requires=(CacheSettings, CollectorRegistry))

feature = Feature(name="cache", resources=(CACHE,))
