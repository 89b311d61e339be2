"""A cancelled task is dropped."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from shared.messaging.status import State
from tests.support.messages import Note, RecordingHandler, note_task

if TYPE_CHECKING:
    from tests.support.sides import Side


async def test_a_cancelled_task_is_dropped(one: Side, queue: str) -> None:
    recording, task = RecordingHandler(), note_task(queue)
    await one.consume_notes(recording, task)
    delay = timedelta(seconds=0.3)

    task_id = await one.messaging.tasks.enqueue(task, Note(text="a"), delay=delay)
    await one.messaging.status.cancel(task_id)
    await one.messaging.tasks.enqueue(task, Note(text="b"), delay=2 * delay)

    await recording.reach(1)
    assert recording.texts == ["b"]
    assert await one.state(task_id) is State.CANCELLED
