"""Several consumers of one queue share its tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.messages import Note, RecordingHandler, note_task

if TYPE_CHECKING:
    from shared.messaging.consuming import MessageContext
    from tests.support.sides import Side


async def test_consumers_of_one_queue_share_its_tasks(one: Side, queue: str, another: Side) -> None:
    async def wait(_: str, __: MessageContext) -> None:
        await mine.reach(1)
        await theirs.reach(1)

    mine, theirs, task = RecordingHandler(wait), RecordingHandler(wait), note_task(queue)
    await one.consume_notes(mine, task, concurrency=2)
    await another.consume_notes(theirs, task, concurrency=2)

    await one.messaging.tasks.enqueue_many(task, [Note(text=f"{n}") for n in range(20)])

    await one.hold(f"tasks.{queue}", 0)
    assert sorted(map(int, mine.texts + theirs.texts)) == list(range(20))
