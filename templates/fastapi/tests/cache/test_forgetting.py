"""After a change nobody gets what was there before it."""

from app.cache.json_cache import JsonCache
from tests.cache.things import Source, Thing, loading, started


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
