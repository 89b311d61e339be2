"""What is kept is whole, in JSON, and loaded once."""

import asyncio
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from app.cache import json_cache
from app.cache.json_cache import JsonCache
from app.cache.leases import Leases
from app.redis import RedisStore
from shared.errors import NotFoundError
from tests.cache.things import Source, Thing, loading, started


async def test_a_hit_is_the_whole_value(cache: JsonCache, other: JsonCache, source: Source) -> None:
    loaded = await cache.get("a", Thing, source)
    assert await cache.get("a", Thing, source) == loaded
    assert await other.get("a", Thing, source) == loaded
    assert source.loads == 1


async def test_what_is_kept_is_json_under_the_prefix_for_a_while(
    cache: JsonCache, store: RedisStore, source: Source
) -> None:
    loaded = await cache.get("a", Thing, source)
    key = store.key("cache", "a")
    kept, seconds = (
        await store.run(lambda redis: redis.get(key)),
        await store.run(lambda redis: redis.ttl(key)),
    )
    assert kept == loaded.model_dump_json()
    assert 0 < seconds <= 60


async def test_many_who_miss_at_once_load_once(
    cache: JsonCache, other: JsonCache, source: Source
) -> None:
    source.going_on.clear()
    waiting = [*started(cache, source, 50), *started(other, source, 50)]
    await loading(source)
    source.going_on.set()
    values = await asyncio.gather(*waiting)
    assert all(value == values[0] for value in values)
    assert source.loads == 1


async def test_an_error_is_told_and_not_kept(cache: JsonCache, source: Source) -> None:
    source.error = NotFoundError("no such thing")
    outcomes = await asyncio.gather(*started(cache, source, 5), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {NotFoundError}
    source.error, loads = None, source.loads
    assert (await cache.get("a", Thing, source)).number == loads + 1


@pytest.mark.parametrize("kept", ["{", "[]", '{"number": 1}', "null"])
async def test_what_another_version_kept_is_loaded_anew(
    cache: JsonCache, store: RedisStore, source: Source, kept: str
) -> None:
    key = store.key("cache", "a")
    await store.run(lambda redis: redis.set(key, kept, ex=60))
    loaded = await cache.get("a", Thing, source)
    assert await cache.get("a", Thing, source) == loaded
    assert source.loads == 1


async def test_nobody_waits_long_for_a_process_that_died(
    cache: JsonCache, leases: Leases, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_cache, "WAIT_SECONDS", 0.05)
    assert (await leases.take("a")).is_own
    assert (await cache.get("a", Thing, source)).number == 1


async def test_hits_and_misses_are_counted(leases: Leases, source: Source) -> None:
    registry = CollectorRegistry()
    cache = JsonCache(leases, registry)
    for _ in range(3):
        await cache.get("a", Thing, source)
    counted: dict[str, Any] = {
        outcome: registry.get_sample_value("cache_reads_total", {"outcome": outcome})
        for outcome in ("hit", "miss")
    }
    assert counted == {"hit": 2, "miss": 1}
