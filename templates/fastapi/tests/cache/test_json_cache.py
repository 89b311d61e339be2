import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from prometheus_client import CollectorRegistry
from pydantic import BaseModel

from app.cache import json_cache
from app.cache.json_cache import JsonCache
from app.cache.leases import Leases
from app.redis import Store
from shared.errors import NotFoundError
from shared.testing import wait_until


class Thing(BaseModel):
    """A value with more than texts in it."""

    id: UUID
    made: datetime
    parts: dict[str, float | None]
    number: int


class Source:
    """Gives out a new value each time, when it may."""

    def __init__(self) -> None:
        self.loads = 0
        self.error: Exception | None = None
        self.going_on = asyncio.Event()
        self.going_on.set()

    async def __call__(self) -> Thing:
        self.loads += 1
        thing = Thing(
            id=uuid4(), made=datetime.now(UTC), parts={"a": 0.1, "b": None}, number=self.loads
        )
        await self.going_on.wait()
        if self.error is not None:
            raise self.error
        return thing


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def cache(leases: Leases) -> JsonCache:
    return JsonCache(leases, CollectorRegistry())


@pytest.fixture
def other(store: Store) -> JsonCache:
    """The same cache in another process."""
    return JsonCache(Leases(store, ttl_seconds=60), CollectorRegistry())


def started(
    cache: JsonCache, source: Callable[[], Awaitable[Thing]], count: int
) -> "list[asyncio.Future[Thing]]":
    return [asyncio.ensure_future(cache.get("a", Thing, source)) for _ in range(count)]


async def loading(source: Source, loads: int = 1) -> None:
    async def begun() -> bool:
        return source.loads == loads

    await wait_until(begun, what="a load")


async def test_a_hit_is_the_whole_value(cache: JsonCache, other: JsonCache, source: Source) -> None:
    loaded = await cache.get("a", Thing, source)
    assert await cache.get("a", Thing, source) == loaded
    assert await other.get("a", Thing, source) == loaded
    assert source.loads == 1


async def test_what_is_kept_is_json_under_the_prefix_for_a_while(
    cache: JsonCache, store: Store, source: Source
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
    assert source.loads == 1
    source.error = None
    assert (await cache.get("a", Thing, source)).number == 2


async def test_what_was_loaded_before_a_change_is_not_kept_after_it(
    cache: JsonCache, other: JsonCache, source: Source
) -> None:
    source.going_on.clear()
    [before] = started(cache, source, 1)
    await loading(source)
    await other.forget("a")
    source.going_on.set()
    assert (await before).number == 1
    assert (await cache.get("a", Thing, source)).number == 2


async def test_who_reads_after_a_change_gets_what_is_there_then(
    cache: JsonCache, source: Source
) -> None:
    source.going_on.clear()
    [before] = started(cache, source, 1)
    await loading(source)
    await cache.forget("a")
    [after] = started(cache, source, 1)
    await loading(source, 2)
    source.going_on.set()
    assert ((await before).number, (await after).number) == (1, 2)
    assert (await cache.get("a", Thing, source)).number == 2


@pytest.mark.parametrize("kept", ["{", "[]", '{"number": 1}', "null"])
async def test_what_another_version_kept_is_loaded_anew(
    cache: JsonCache, store: Store, source: Source, kept: str
) -> None:
    key = store.key("cache", "a")
    await store.run(lambda redis: redis.set(key, kept, ex=60))
    loaded = await cache.get("a", Thing, source)
    assert await cache.get("a", Thing, source) == loaded
    assert source.loads == 1


async def test_nobody_waits_long_for_a_process_that_died(
    cache: JsonCache, leases: Leases, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_cache, "PATIENCE_SECONDS", 0.05)
    assert (await leases.take("a")).lease
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
