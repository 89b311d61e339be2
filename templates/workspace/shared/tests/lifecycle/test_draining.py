"""A process that is told to stop has its resources take no new work before it closes them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from shared.lifecycle import Lifecycle
from tests.support.resources import Cache, Engine, Session

if TYPE_CHECKING:
    import pytest

    from tests.support.resources import Diary


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


async def test_closing_waits_for_the_drain_and_survives_its_failure(
    diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    async def drain_slowly(_: object) -> None:
        await asyncio.sleep(0.01)
        diary.append("drain Cache")

    async def fail(_: object) -> None:
        raise ConnectionError("lost")

    cache = replace(diary.resource(Cache), drain=drain_slowly)
    engine = replace(diary.resource(Engine), drain=fail)
    lifecycle = Lifecycle([cache, engine])

    async with lifecycle:
        lifecycle.start_draining()

    assert diary[2:] == ["drain Cache", "close Engine", "close Cache"]
    assert not caplog.records


async def test_what_is_not_open_yet_is_not_drained(diary: Diary) -> None:
    async def drain(_: object) -> None:
        diary.append("drain Session")

    async def stop(_: object) -> None:
        diary.append("drain Cache")

    session = replace(diary.resource(Session, Cache, fails="opening"), drain=drain)
    lifecycle = Lifecycle([replace(diary.resource(Cache), drain=stop), session])

    lifecycle.start_draining()

    assert diary == []
