"""Who says when to come back is not asked before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import UnavailableError
from tests.support.messages import Note, RecordingHandler, note_task

if TYPE_CHECKING:
    from shared.messaging.consuming import MessageContext
    from tests.support.sides import Side


async def test_a_provider_that_says_when_to_come_back_is_not_asked_before(
    one: Side, queue: str
) -> None:
    async def refuse(text: str, work: MessageContext) -> None:
        if text == "a" and work.attempt == 1:
            raise UnavailableError("busy", retry_after=0.5)

    recording, task = RecordingHandler(refuse), note_task(queue)
    await one.consume_notes(recording, task)

    await one.messaging.tasks.enqueue(task, Note(text="a"))
    await recording.reach(1)
    [*_] = await one.messaging.tasks.enqueue_many(task, [Note(text="b")])

    await recording.reach(3)
    assert recording.texts == ["a", "b", "a"]
