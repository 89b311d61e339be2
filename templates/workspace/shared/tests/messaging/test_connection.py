"""A lost connection loses no message, and everything comes back by itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from shared.errors import UnavailableError
from shared.messaging.broker import connection, open_broker
from shared.testing import wait_until
from shared.testing.processes import free_port
from shared.testing.proxy import broker_proxy, through
from tests.support.messages import Note, RecordingHandler, note_task
from tests.support.sides import side

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from shared.messaging.consuming import MessageContext
    from shared.messaging.settings import TaskSettings
    from shared.testing.proxy import Proxy
    from tests.support.sides import Side


@pytest.fixture
async def flaky(tasks: TaskSettings) -> AsyncIterator[tuple[Proxy, TaskSettings]]:
    async with broker_proxy(tasks) as opened:
        yield opened


def lost(side: Side) -> Callable[[], Awaitable[bool]]:
    async def is_lost() -> bool:
        try:
            await side.broker.ping()
        except UnavailableError:
            return True
        return False

    return is_lost


async def test_after_a_cut_the_same_consumers_go_on_and_work_in_flight_counts_once(
    one: Side, queue: str, flaky: tuple[Proxy, TaskSettings]
) -> None:
    released = asyncio.Event()

    async def wait_for_a(text: str, _: MessageContext) -> None:
        if text == "a":
            await released.wait()

    recording, task = RecordingHandler(wait_for_a), note_task(queue)
    between, moved = flaky
    async with side(moved) as cut:
        await cut.consume_notes(recording, task)
        await cut.messaging.tasks.enqueue(task, Note(text="a"))
        await recording.reach(1)

        await between.cut()
        released.set()
        await wait_until(lost(cut), what="the loss")
        await between.join()
        await cut.messaging.tasks.enqueue(task, Note(text="b"))

        await recording.reach(2)
        await one.hold(f"tasks.{queue}", 0)
        await cut.consuming.ping()
        assert recording.texts == ["a", "b"]


async def test_publishing_waits_for_the_connection_but_not_for_ever(
    one: Side, queue: str, flaky: tuple[Proxy, TaskSettings]
) -> None:
    recording, task = RecordingHandler(), note_task(queue)
    await one.consume_notes(recording, task)
    between, moved = flaky
    async with side(moved) as cut:
        await between.cut()
        sending = asyncio.create_task(cut.messaging.tasks.enqueue(task, Note(text="a")))
        await asyncio.sleep(0)
        await between.join()
        await sending
        await recording.reach(1)

        await between.cut()
        with pytest.MonkeyPatch.context() as hasty:
            hasty.setattr(connection, "RETRY_SECONDS", 0.1)
            with pytest.raises(UnavailableError):
                await cut.messaging.tasks.enqueue(task, Note(text="b"))


async def test_a_broker_that_is_away_at_the_start_is_an_error(tasks: TaskSettings) -> None:
    with pytest.raises(UnavailableError):
        async with open_broker(through(tasks, free_port()), start_seconds=0.1):
            pass
