"""Resources are opened in order, pinged, drained and closed in reverse."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import anyio
import pytest
from structlog.testing import capture_logs

from shared.errors import CompositionError
from shared.lifecycle import Lifecycle, Resource, Resources

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable


class Engine:
    """Needs a cache."""


class Session:
    """Needs an engine."""


class Cache:
    """Needs nothing."""


class Diary(list[str]):
    """What was opened and closed, in order."""

    def resource(self, kind: type[object], *requires: type, fails: str = "") -> Resource[object]:
        @asynccontextmanager
        async def opened(resources: Resources) -> AsyncIterator[object]:
            for required in requires:
                resources.get(required)
            if fails == "opening":
                raise ConnectionError(kind.__name__)
            self.append(f"open {kind.__name__}")
            try:
                yield kind()
            finally:
                self.append(f"close {kind.__name__}")
            if fails == "closing":
                raise ConnectionError(kind.__name__)

        return Resource(provides=kind, open=opened, requires=requires)


@pytest.fixture
def diary() -> Diary:
    return Diary()


async def test_opens_what_is_required_first_and_closes_in_reverse(diary: Diary) -> None:
    session = diary.resource(Session, Engine, Cache)
    async with Lifecycle([session, diary.resource(Engine, Cache), diary.resource(Cache)]):
        diary.append("work")

    assert diary == [
        *("open Cache", "open Engine", "open Session", "work"),
        *("close Session", "close Engine", "close Cache"),
    ]


async def test_closes_what_is_open_when_a_later_one_fails_to_open(diary: Diary) -> None:
    lifecycle = Lifecycle([diary.resource(Engine, Cache, fails="opening"), diary.resource(Cache)])

    with pytest.raises(ConnectionError) as caught:
        await lifecycle.__aenter__()

    assert diary == ["open Cache", "close Cache"]
    assert caught.value.__notes__ == ["while opening Engine"]


async def test_closes_the_rest_when_one_fails_to_close(diary: Diary) -> None:
    resources = [diary.resource(Engine, Cache, fails="closing"), diary.resource(Cache)]

    with pytest.raises(ConnectionError):
        async with Lifecycle(resources):
            pass

    assert diary[-1] == "close Cache"


async def test_what_need_not_be_closed_is_made_by_a_plain_function(diary: Diary) -> None:
    class Label(Protocol):
        text: str

    class Made:
        def __init__(self, resources: Resources) -> None:
            self.text = type(resources.get(Cache)).__name__

    made = Resource(provides=Label, factory=Made, requires=(Cache,))

    async with Lifecycle([made, diary.resource(Cache)]) as resources:
        assert resources.get(Label).text == "Cache"


async def test_a_factory_that_fails_says_whose_it_is() -> None:
    def failing(_: Resources) -> Cache:
        raise ConnectionError("refused")

    with pytest.raises(ConnectionError) as caught:
        await Lifecycle([Resource(provides=Cache, factory=failing)]).__aenter__()

    assert caught.value.__notes__ == ["while opening Cache"]


def test_there_is_exactly_one_way_to_make_a_resource(diary: Diary) -> None:
    with pytest.raises(CompositionError, match="Cache needs either `open` or `factory`"):
        Resource(provides=Cache)
    with pytest.raises(CompositionError, match="Cache needs either `open` or `factory`"):
        replace(diary.resource(Cache), factory=lambda _: Cache())


async def test_opens_once_what_two_features_name(diary: Diary) -> None:
    cache = diary.resource(Cache)

    async with Lifecycle([cache, cache]):
        pass

    assert diary == ["open Cache", "close Cache"]


async def test_an_override_stands_in_for_the_resource_of_its_type(diary: Diary) -> None:
    fake = Cache()
    resources = [diary.resource(Engine, Cache), diary.resource(Cache)]

    async with Lifecycle(resources, {Cache: fake}) as opened:
        assert opened.get(Cache) is fake

    assert diary == ["open Engine", "close Engine"]


async def test_nothing_can_be_had_after_the_end(diary: Diary) -> None:
    lifecycle = Lifecycle([diary.resource(Cache)])
    async with lifecycle:
        assert isinstance(lifecycle.resources.get(Cache), Cache)

    with pytest.raises(LookupError, match="Cache is not opened"):
        lifecycle.resources.get(Cache)


def test_a_circle_is_refused_at_build_time(diary: Diary) -> None:
    resources = [diary.resource(Engine, Cache), diary.resource(Cache, Engine)]

    with pytest.raises(CompositionError, match=r"circle: (Engine -> Cache|Cache -> Engine) -> "):
        Lifecycle(resources)


def test_an_unknown_requirement_is_refused_at_build_time(diary: Diary) -> None:
    with pytest.raises(CompositionError, match="Engine requires Cache, which nothing provides"):
        Lifecycle([diary.resource(Engine, Cache)])


def test_two_resources_of_one_type_are_refused_at_build_time(diary: Diary) -> None:
    with pytest.raises(CompositionError, match="two resources provide Cache"):
        Lifecycle([diary.resource(Cache), diary.resource(Cache)])


def pinged(kind: type[object], ping: Callable[[object], Awaitable[None]]) -> Resource[object]:
    return Resource(provides=kind, factory=lambda _: kind(), ping=ping)


async def well(_: object) -> None:
    pass


async def refusing(_: object) -> None:
    message = "password hush refused"
    raise ConnectionError(message)


async def silent(_: object) -> None:
    await asyncio.Event().wait()


async def deaf(_: object) -> None:
    """Lose a cancellation once, as clients on Python 3.11 do."""
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await anyio.sleep(600)


async def test_the_check_pings_all_within_the_limit_and_tells_no_details() -> None:
    lifecycle = Lifecycle([pinged(Cache, well), pinged(Engine, refusing), pinged(Session, silent)])

    async with lifecycle, asyncio.timeout(60):
        checks = await lifecycle.check(0.05)

    assert checks == {
        "Cache": "ok",
        "Engine": "ConnectionError",
        "Session": "no answer within 0.05 s",
    }


async def test_a_ping_that_loses_its_cancellation_does_not_hold_the_check_up() -> None:
    lifecycle = Lifecycle([pinged(Cache, deaf)])

    async with lifecycle, asyncio.timeout(60):
        assert await lifecycle.check(0.05) == {"Cache": "no answer within 0.05 s"}


async def test_what_is_open_is_drained_at_once_and_closed_later(diary: Diary) -> None:
    async def drain(_: object) -> None:
        diary.append("drain Cache")

    cache = replace(diary.resource(Cache), drain=drain)
    lifecycle = Lifecycle([cache, diary.resource(Engine, Cache)])

    async with lifecycle:
        lifecycle.start_draining()
        await asyncio.sleep(0)
        assert diary[-1] == "drain Cache"
        lifecycle.start_draining()

    assert diary[2:] == ["drain Cache", "close Engine", "close Cache"]


async def test_closing_waits_for_the_drain_and_survives_its_failure(diary: Diary) -> None:
    async def drain_slowly(_: object) -> None:
        await asyncio.sleep(0.01)
        diary.append("drain Cache")

    async def fail(_: object) -> None:
        raise ConnectionError("lost")

    cache = replace(diary.resource(Cache), drain=drain_slowly)
    engine = replace(diary.resource(Engine), drain=fail)
    lifecycle = Lifecycle([cache, engine])

    with capture_logs() as lines:
        async with lifecycle:
            lifecycle.start_draining()

    assert diary[2:] == ["drain Cache", "close Engine", "close Cache"]
    assert [line["event"] for line in lines if line["log_level"] == "error"] == [
        "could not be drained"
    ]


async def test_what_is_open_is_closed_when_draining_is_cut_short(diary: Diary) -> None:
    async def drain(_: object) -> None:
        await asyncio.Event().wait()

    lifecycle = Lifecycle([replace(diary.resource(Cache), drain=drain)])

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01), lifecycle:
            lifecycle.start_draining()

    assert diary == ["open Cache", "close Cache"]


async def test_what_is_not_open_yet_is_not_drained(diary: Diary) -> None:
    async def drain(_: object) -> None:
        diary.append("drain Session")

    async def stop(_: object) -> None:
        diary.append("drain Cache")

    session = replace(diary.resource(Session, Cache, fails="opening"), drain=drain)
    lifecycle = Lifecycle([replace(diary.resource(Cache), drain=stop), session])

    lifecycle.start_draining()

    assert diary == []
