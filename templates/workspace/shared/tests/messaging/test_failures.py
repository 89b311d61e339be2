"""What has failed is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.messaging.status import State
from tests.support.messages import Note, Notes, note_task

if TYPE_CHECKING:
    from shared.messaging.consuming import Work
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
