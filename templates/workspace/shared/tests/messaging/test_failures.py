"""What cannot be done is tried again as often as agreed, and then kept with the reason."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from shared.messaging.status import State
from tests.support.messages import Note, Notes, blocked, note_task

if TYPE_CHECKING:
    from shared.messaging.consuming import Work
    from tests.support.dead_letters import Raw
    from tests.support.sides import Side


async def test_a_failed_task_is_tried_again_and_then_done(one: Side, queue: str) -> None:
    async def fail_twice(_: str, work: Work) -> None:
        if work.attempt < 3:
            raise LookupError("not yet")

    notes, task = Notes(fail_twice), note_task(queue)
    await one.note(notes, task)

    task_id = await one.messaging.tasks.enqueue(task, Note(text="a"))

    await notes.reach(3)
    await one.hold(f"tasks.{queue}", 0)
    assert [work.attempt for _, work in notes.calls] == [1, 2, 3]
    assert {work.id for _, work in notes.calls} == {task_id}
    assert await one.state(task_id) is State.DONE
    assert await one.depth(f"tasks.{queue}.dead") == 0


async def test_a_handler_that_takes_too_long_is_cancelled(one: Side, queue: str, raw: Raw) -> None:
    async def hang(_: str, __: Work) -> None:
        await blocked()

    notes, task = Notes(hang), note_task(queue, seconds=0.1)
    await one.note(notes, task)

    await one.messaging.tasks.enqueue(task, Note(text="a"))

    dead = await raw.take(f"tasks.{queue}.dead")
    assert dead.headers["x-error"] == "TimeoutError: took longer than 0.1 s"
    assert dead.headers["x-reason"] == "retries-exhausted"
    assert len(notes.calls) == 3


async def test_a_handler_that_hangs_holds_nobody_up(one: Side, queue: str) -> None:
    released = asyncio.Event()

    async def hang_on_a(text: str, _: Work) -> None:
        if text == "a":
            await released.wait()

    notes, task = Notes(hang_on_a), note_task(queue)
    await one.note(notes, task, concurrency=2)

    await one.messaging.tasks.enqueue_many(task, [Note(text=text) for text in "abcdef"])

    await notes.reach(6)
    released.set()
