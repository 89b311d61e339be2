"""Values and leases in a Redis of this run."""

from collections.abc import AsyncIterator

import pytest
from prometheus_client import CollectorRegistry

from app import redis
from app.cache import json_cache
from app.cache.json_cache import JsonCache
from app.cache.leases import Leases
from app.features import Settings
from app.redis import RedisStore
from tests.cache.things import Source
from tests.support.redis import redis_store


@pytest.fixture
async def store(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RedisStore]:
    """Yield an opened Redis that is waited for, and so is what somebody else loads.

    On a busy machine the seconds that a service has for either are soon over.
    """
    monkeypatch.setattr(redis, "TIMEOUT_SECONDS", 60)
    monkeypatch.setattr(json_cache, "WAIT_SECONDS", 60)
    async with redis_store(settings) as opened:
        yield opened


@pytest.fixture
def leases(store: RedisStore) -> Leases:
    return Leases(store, ttl_seconds=60)


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def cache(leases: Leases) -> JsonCache:
    return JsonCache(leases, CollectorRegistry())


@pytest.fixture
def other(store: RedisStore) -> JsonCache:
    return JsonCache(Leases(store, ttl_seconds=60), CollectorRegistry())
