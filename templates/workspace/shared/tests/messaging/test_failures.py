"""What has failed is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.messaging.consuming import MessageConsumer, MessageContext, PermanentError, TaskHandler
from shared.messaging.status import State
from tests.support.messages import Note, RecordingHandler, note_task

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.lifecycle import Resources
    from tests.support.sides import Side


async def test_a_failed_task_is_tried_again_and_then_done(one: Side, queue: str) -> None:
    async def fail_twice(_: str, work: MessageContext) -> None:
        if work.attempt < 3:
            raise LookupError("not yet")

    recording, task = RecordingHandler(fail_twice), note_task(queue)
    await one.consume_notes(recording, task)

    task_id = await one.messaging.tasks.enqueue(task, Note(text="a"))

    await recording.reach(3)
    await one.hold(f"tasks.{queue}", 0)
    assert [work.attempt for _, work in recording.calls] == [1, 2, 3]
    assert {work.id for _, work in recording.calls} == {task_id}
    assert await one.state(task_id) is State.DONE
    assert await one.depth(f"tasks.{queue}.dead") == 0


async def fail(_: str, __: MessageContext) -> None:
    raise LookupError("never")


async def refuse(_: str, __: MessageContext) -> None:
    raise PermanentError("no")


@pytest.mark.parametrize(
    ("then", "attempts"), [(fail, 3), (refuse, 1)], ids=["exhausted", "permanent"]
)
async def test_before_a_task_becomes_a_dead_letter_its_handler_is_told_once(
    one: Side, queue: str, then: Callable[[str, MessageContext], Awaitable[None]], attempts: int
) -> None:
    given_up: list[tuple[str, int, str]] = []

    async def give_up(note: Note, work: MessageContext, _: Resources, error: Exception) -> None:
        assert await one.depth(f"tasks.{queue}.dead") == 0
        given_up.append((note.text, work.attempt, str(error)))

    task, recording = note_task(queue), RecordingHandler(then)
    handler = TaskHandler(task=task, handle=recording.handle, give_up=give_up)
    await one.consume(MessageConsumer(queue=queue, handlers=(handler,)))
    task_id = await one.messaging.tasks.enqueue(task, Note(text="a"))
    await one.hold(f"tasks.{queue}.dead", 1)
    assert given_up == [("a", attempts, "never" if then is fail else "no")]
    assert await one.state(task_id) is State.FAILED


@pytest.mark.parametrize("failures", [2, 100], ids=["for a while", "for ever"])
async def test_while_the_end_cannot_be_recorded_the_task_is_tried_again_but_not_for_ever(
    one: Side, queue: str, failures: int
) -> None:
    attempts: list[int] = []

    async def give_up(_: Note, work: MessageContext, __: Resources, ___: Exception) -> None:
        attempts.append(work.attempt)
        if len(attempts) <= failures:
            raise ConnectionError("away")

    task, recording = note_task(queue), RecordingHandler(fail)
    handler = TaskHandler(task=task, handle=recording.handle, give_up=give_up)
    await one.consume(MessageConsumer(queue=queue, handlers=(handler,)))
    await one.messaging.tasks.enqueue(task, Note(text="a"))
    await one.hold(f"tasks.{queue}.dead", 1)
    assert attempts == ([3, 4, 5] if failures == 2 else [3, 4, 5, 6])
