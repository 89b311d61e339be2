"""A process that stops takes no more, finishes what it can and returns the rest."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from shared.errors import UnavailableError
from shared.lifecycle import Resources
from shared.messaging.broker import QueueOptions
from shared.messaging.consuming import MessageConsumer, TaskHandler
from shared.messaging.consuming.consumer import InFlight
from shared.messaging.consuming.routes import build_routes
from shared.messaging.status import State
from tests.support.messages import Note, RecordingHandler, blocked, note_task
from tests.support.sides import side

if TYPE_CHECKING:
    from shared.messaging.consuming import MessageContext
    from shared.messaging.settings import TaskSettings
    from tests.support.dead_letters import Raw
    from tests.support.sides import Side


async def test_what_is_in_flight_is_finished_and_nothing_new_is_taken(
    one: Side, queue: str
) -> None:
    released = asyncio.Event()

    async def wait(_: str, __: MessageContext) -> None:
        await released.wait()

    recording, task = RecordingHandler(wait), note_task(queue)
    await one.consume_notes(recording, task, concurrency=2)
    ids = await one.messaging.tasks.enqueue_many(task, [Note(text=f"{n}") for n in range(2)])
    await recording.reach(2)

    await one.consuming.drain()
    await one.messaging.tasks.enqueue(task, Note(text="new"))
    closing = asyncio.create_task(one.consuming.close())
    await asyncio.sleep(0)
    assert not closing.done()
    released.set()
    await closing

    assert [await one.state(each) for each in ids] == [State.DONE, State.DONE]
    await one.hold(f"tasks.{queue}", 1)


async def test_what_is_not_finished_in_time_goes_to_another(
    tasks: TaskSettings, one: Side, queue: str
) -> None:
    async def hang(_: str, __: MessageContext) -> None:
        await blocked()

    hanging, working, task = RecordingHandler(hang), RecordingHandler(), note_task(queue)
    hasty = tasks.model_copy(update={"shutdown_grace_seconds": 0})
    async with side(hasty) as stopped:
        await stopped.consume_notes(hanging, task)
        await one.messaging.tasks.enqueue(task, Note(text="a"))
        await hanging.reach(1)

    await one.consume_notes(working, task)

    await working.reach(1)
    assert [work.attempt for _, work in working.calls] == [1]
    await one.hold(f"tasks.{queue}", 0)


async def test_what_comes_while_it_stops_is_returned_once(one: Side, queue: str, raw: Raw) -> None:
    recording, task, draining = RecordingHandler(), note_task(queue), asyncio.Event()
    handler = TaskHandler(task=task, handle=recording.handle)
    routes = build_routes(MessageConsumer(queue=queue, handlers=(handler,)), "tested")
    processor = one.consuming._processor_of(routes, Resources({}))
    in_flight = InFlight(processor, routes.queue, one.metrics)
    subscription = await one.broker.subscribe(QueueOptions(queue=routes.queue), in_flight.start)

    async def cancel_late() -> None:
        await draining.wait()
        await subscription.cancel()

    closing = asyncio.create_task(in_flight.drain(cancel_late))
    await asyncio.sleep(0)
    await one.messaging.tasks.enqueue(task, Note(text="a"))
    await one.hold(routes.queue, 0)
    draining.set()
    await closing

    returned = await raw.take(routes.queue)
    assert (recording.calls, returned.headers["x-delivery-count"]) == ([], 1)


async def test_ready_means_that_every_queue_is_consumed(one: Side, queue: str) -> None:
    await one.consume_notes(RecordingHandler(), note_task(queue))
    await one.consuming.ping()
    await one.consuming.drain()

    with pytest.raises(UnavailableError, match=f"tasks.{queue} is not consumed"):
        await one.consuming.ping()
