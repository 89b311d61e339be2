"""A copy of a task is not done beside its original."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.support.messages import Note, RecordingHandler, note_task

if TYPE_CHECKING:
    from shared.messaging.consuming import MessageContext
    from tests.support.dead_letters import Raw
    from tests.support.sides import Side


async def test_a_copy_of_what_is_in_flight_waits_and_is_dropped(
    one: Side, queue: str, raw: Raw
) -> None:
    released = asyncio.Event()

    async def wait(_: str, __: MessageContext) -> None:
        await released.wait()

    recording = RecordingHandler(wait)
    await one.consume_notes(recording, note_task(queue))
    for _ in range(2):
        await raw.put(f"tasks.{queue}", b'{"text":"a"}', queue, x_task="note")
    # The first of the waiting queues that make up the second until it is looked at again.
    await one.hold("delay.3", 1)

    released.set()

    await one.hold("delay.3", 0)
    await one.messaging.tasks.enqueue(note_task(queue), Note(text="last"), timedelta(seconds=0.5))
    await recording.reach(2)
    assert recording.texts == ["a", "last"]
