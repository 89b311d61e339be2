"""After a change nobody gets what was there before it, in no process."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from random import Random
from uuid import UUID

import pytest
from prometheus_client import CollectorRegistry

from app.cache.json_cache import JsonCache
from app.cache.leases import Leases
from app.features import Settings
from tests.cache.things import Source, Thing, loading, started
from tests.support.redis import flaky_redis, read_only_redis, redis_store


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


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_who_reads_after_a_change_joins_no_load_from_before_it(
    cache: JsonCache, other: JsonCache, source: Source, *, elsewhere: bool
) -> None:
    source.going_on.clear()
    [before] = started(cache, source, 1)
    await loading(source)
    await (other if elsewhere else cache).forget("a")
    [after] = started(cache, source, 1)
    await loading(source, 2)
    source.going_on.set()
    assert ((await before).number, (await after).number) == (1, 2)
    assert (await cache.get("a", Thing, source)).number == 2


async def test_what_could_not_be_removed_is_not_read_and_removed_later(
    settings: Settings, source: Source
) -> None:
    async with flaky_redis(settings) as (between, moved), redis_store(moved) as flaky:
        cache = JsonCache(Leases(flaky, ttl_seconds=60), CollectorRegistry())
        assert (await cache.get("a", Thing, source)).number == 1
        await between.cut()
        await cache.forget("a")
        assert (await cache.get("a", Thing, source)).number == 2
        await between.join()
        # Redis still has the first one.
        number = 2
        while (kept := (await cache.get("a", Thing, source)).number) != number:
            assert kept == number + 1
            number = kept
        assert number > 2


async def test_a_redis_that_refuses_to_write_costs_time_and_nothing_else(
    settings: Settings, cache: JsonCache, source: Source
) -> None:
    assert (await cache.get("a", Thing, source)).number == 1
    async with read_only_redis(settings) as reading, redis_store(reading) as full:
        refused = JsonCache(Leases(full, ttl_seconds=60), CollectorRegistry())
        assert (await refused.get("a", Thing, source)).number == 1
        assert (await refused.get("b", Thing, source)).number == 2
        await refused.forget("a")
        assert (await refused.get("a", Thing, source)).number == 3


class Record:
    """A record that is changed and read by whoever takes its time."""

    def __init__(self, random: Random) -> None:
        self.number, self._random = 0, random

    async def pause(self) -> None:
        """Let others go first: for shorter and for longer than Redis takes, in all orders."""
        await asyncio.sleep(self._random.choice((0, 0.002, 0.02)))

    def reader(self) -> Callable[[], Awaitable[Thing]]:
        """Return a load that reads at one moment and answers at a later one."""

        async def load() -> Thing:
            await self.pause()
            number = self.number
            await self.pause()
            return Thing(id=UUID(int=0), made=datetime.now(UTC), parts={}, number=number)

        return load


@pytest.mark.parametrize("seed", range(4))
async def test_no_read_is_older_than_the_last_change_that_was_acknowledged_before_it(
    cache: JsonCache, other: JsonCache, seed: int
) -> None:
    random = Random(seed)  # noqa: S311 - repeatable, and no secret
    record, acknowledged, caches = Record(random), [0], (cache, other)

    async def write() -> None:
        for _ in range(25):
            await record.pause()
            record.number += 1
            number = record.number
            await record.pause()
            await random.choice(caches).forget("a")
            acknowledged[0] = max(acknowledged[0], number)

    async def read() -> None:
        for _ in range(25):
            await record.pause()
            at_least = acknowledged[0]
            thing = await random.choice(caches).get("a", Thing, record.reader())
            assert thing.number >= at_least

    await asyncio.gather(write(), *(read() for _ in range(6)))
