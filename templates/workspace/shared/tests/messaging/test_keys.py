"""An idempotency key makes one task of several calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.errors import ConflictError
from shared.messaging.errors import UnroutableError
from shared.messaging.publishing.tasks import task_id
from tests.support.messages import Note, RecordingHandler, note_task

if TYPE_CHECKING:
    from tests.support.sides import Side


async def test_the_same_key_gives_the_same_task_and_does_it_once(one: Side, queue: str) -> None:
    recording, task, tasks = RecordingHandler(), note_task(queue), one.messaging.tasks
    await one.consume_notes(recording, task)

    first = await tasks.enqueue(task, Note(text="a"), idempotency_key=queue)
    again = await tasks.enqueue(task, Note(text="a"), idempotency_key=queue)
    await tasks.enqueue(task, Note(text="last"))
    await recording.reach(2)

    assert (first, sorted(recording.texts)) == (again, ["a", "last"])
    with pytest.raises(ConflictError):
        await tasks.enqueue(task, Note(text="b"), idempotency_key=queue)
    with pytest.raises(ValueError, match="not tracked"):
        await tasks.enqueue(note_task(queue, track=False), Note(text="a"), idempotency_key=queue)


async def test_a_key_whose_task_could_not_be_sent_sends_it_next_time(one: Side, queue: str) -> None:
    recording, task, tasks = RecordingHandler(), note_task(queue), one.messaging.tasks
    with pytest.raises(UnroutableError):
        await tasks.enqueue(task, Note(text="a"), idempotency_key=queue)
    assert await one.state(task_id(task, queue)) is None
    await one.consume_notes(recording, task)

    await tasks.enqueue(task, Note(text="a"), idempotency_key=queue)

    await recording.reach(1)
