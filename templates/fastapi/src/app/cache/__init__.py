"""The cache: what was loaded once is kept in Redis for a while."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry

from app.cache.json_cache import JsonCache
from app.cache.leases import Leases
from app.cache.settings import CacheSettings
from app.redis import STATE, StateRedis
from shared.lifecycle import Resource, Resources
from shared.web import Feature

__all__ = ["CACHE", "JsonCache", "feature"]


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[JsonCache]:
    """Use the Redis of this process, and end no load halfway."""
    ttl_seconds = resources.get(CacheSettings).cache_ttl_seconds
    leases = Leases(resources.get(StateRedis).store("cache"), ttl_seconds)
    cache = JsonCache(leases, resources.get(CollectorRegistry))
    yield cache
    await cache.close()


CACHE = Resource(
    provides=JsonCache, open=opened, requires=(CacheSettings, CollectorRegistry, StateRedis)
)

feature = Feature(name="cache", resources=(STATE, CACHE))
