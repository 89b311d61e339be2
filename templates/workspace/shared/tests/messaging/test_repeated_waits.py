"""A message may go through the same waiting queues more than once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shared.messaging.contract import RetryPolicy
from tests.support.messages import Note, RecordingHandler, note_task

if TYPE_CHECKING:
    from shared.messaging.consuming import MessageContext
    from tests.support.sides import Side


async def test_a_message_may_go_through_the_same_waiting_queues_again(
    one: Side, queue: str
) -> None:
    async def fail(_: str, __: MessageContext) -> None:
        raise LookupError("not yet")

    # Two of the waiting queues, each of them twice.
    retries = RetryPolicy(attempts=3, first_seconds=0.3, factor=1, jitter=0)
    recording, task = RecordingHandler(fail), replace(note_task(queue), retries=retries)
    await one.consume_notes(recording, task)

    await one.messaging.tasks.enqueue(task, Note(text="a"))

    await recording.reach(3)
