"""Replicas of two versions share a queue: the older one neither kills nor loses what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from shared.messaging.consuming import EventHandler, MessageConsumer, TaskHandler
from shared.messaging.contract import Envelope, EventData, Task, TaskPayload
from tests.support.messages import (
    AT_ONCE,
    Note,
    NoteTaken,
    RecordingHandler,
    new_queue,
    note_taken_consumer,
    note_task,
)
from tests.support.sides import side

if TYPE_CHECKING:
    from shared.lifecycle import Resources
    from shared.messaging.consuming import MessageContext
    from shared.messaging.settings import TaskSettings
    from tests.support.dead_letters import Raw
    from tests.support.sides import Side

LONG = 60


class Older(TaskPayload):
    text: str


class Painted(EventData):
    type: ClassVar[str] = "test.painted"
    colour: Literal["red"]


class PaintedAnew(EventData):
    type: ClassVar[str] = "test.painted"
    colour: Literal["red", "green"]


async def ignore(*_: object) -> None:
    """Handle anything."""


async def test_a_task_with_a_field_more_is_done_by_an_older_worker(
    one: Side, queue: str, raw: Raw
) -> None:
    texts: list[str] = []

    async def handle(payload: Older, _: MessageContext, __: Resources) -> None:
        texts.append(payload.text)

    task = Task(name="older", queue=queue, payload=Older)
    handler = TaskHandler(task=task, handle=handle)
    await one.consume(MessageConsumer(queue=queue, handlers=(handler,)))

    await raw.put(f"tasks.{queue}", b'{"text": "a", "colour": "red"}', queue, x_task="older")

    await one.hold(f"tasks.{queue}", 0)
    await one.consuming.close()
    assert texts == ["a"]
    assert await one.depth(f"tasks.{queue}.dead") == 0


async def test_an_unknown_task_waits_for_a_worker_that_knows_it(
    tasks: TaskSettings, queue: str
) -> None:
    patient = tasks.model_copy(update={"unknown_message_seconds": LONG})
    recording, known, newer = (
        RecordingHandler(),
        note_task(queue),
        Task(name="new", queue=queue, payload=Note),
    )
    async with side(patient) as older:
        await older.consume_notes(RecordingHandler(), known)
        task_id = await older.messaging.tasks.enqueue(newer, Note(text="a"))
        await older.hold(f"tasks.{queue}", 0)
        await older.consuming.close()
        async with side(patient) as updated:
            handler = TaskHandler(task=newer, handle=recording.handle)
            await updated.consume(MessageConsumer(queue=queue, handlers=(handler,)))
            await recording.reach(1)
            assert await updated.depth(f"tasks.{queue}.dead") == 0
    [(text, context)] = recording.calls
    assert (text, context.id, context.attempt) == ("a", task_id, 1)


async def test_what_nobody_gets_to_know_in_time_is_a_dead_letter_and_can_be_replayed(
    one: Side, queue: str, raw: Raw
) -> None:
    await one.consume_notes(RecordingHandler(), note_task(queue))

    await one.messaging.tasks.enqueue(Task(name="new", queue=queue, payload=Note), Note(text="a"))

    dead = await raw.take(f"tasks.{queue}.dead")
    assert dead.headers["x-reason"] == "unknown-task"
    # Replayed it has all of the time anew.
    assert "x-unknown-since" not in dead.headers


async def test_an_event_with_a_value_that_is_unknown_here_waits_for_who_knows_it(
    tasks: TaskSettings,
) -> None:
    patient = tasks.model_copy(update={"unknown_message_seconds": LONG})
    colours, queue = RecordingHandler(), new_queue()

    async def note_colour(event: PaintedAnew, context: MessageContext, _: Resources) -> None:
        colours.calls.append((event.colour, context))

    async with side(patient) as older:
        old = EventHandler(event=Painted, handle=ignore, retries=AT_ONCE)
        await older.consume(MessageConsumer(queue=queue, handlers=(old,)))
        await older.messaging.events.publish(PaintedAnew(colour="green"))
        await older.hold(f"events.tested.{queue}", 0)
        await older.consuming.close()
        async with side(patient) as updated:
            new = EventHandler(event=PaintedAnew, handle=note_colour)
            await updated.consume(MessageConsumer(queue=queue, handlers=(new,)))
            await colours.reach(1)
            assert await updated.depth(f"events.tested.{queue}.dead") == 0
    assert colours.texts == ["green"]


async def test_a_consumer_reads_over_members_and_gives_up_types_that_it_does_not_know(
    one: Side, raw: Raw
) -> None:
    recording, queue = RecordingHandler(), new_queue()
    await one.consume(note_taken_consumer(queue, recording))
    newer = Envelope.of(NoteTaken(text="a"), "x").model_dump()
    body: Envelope[object] = Envelope.model_validate(
        newer | {"data": {"text": "b", "colour": "red"}}
    )

    await raw.put(f"events.tested.{queue}", body.model_dump_json().encode(), x_event="note.taken")
    await recording.reach(1)
    await raw.put(f"events.tested.{queue}", b"{}", "m2", x_event="test.forgotten")

    dead = await raw.take(f"events.tested.{queue}.dead")
    assert (recording.texts, dead.headers["x-reason"]) == (["b"], "unknown-event")
