"""Values and leases in a Redis of this run."""

from collections.abc import AsyncIterator

import pytest
from prometheus_client import CollectorRegistry

from app.cache.json_cache import JsonCache
from app.cache.leases import Leases
from app.features import Settings
from app.redis import STORE, RedisSettings, Store
from shared.lifecycle import Resources
from tests.cache.things import Source


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    """Yield an opened Redis."""
    async with STORE.open(Resources({RedisSettings: settings})) as opened:
        yield opened


@pytest.fixture
def leases(store: Store) -> Leases:
    return Leases(store, ttl_seconds=60)


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def cache(leases: Leases) -> JsonCache:
    return JsonCache(leases, CollectorRegistry())


@pytest.fixture
def other(store: Store) -> JsonCache:
    return JsonCache(Leases(store, ttl_seconds=60), CollectorRegistry())
