"""A handler that hangs holds nobody up."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.support.messages import Note, RecordingHandler, note_task

if TYPE_CHECKING:
    from shared.messaging.consuming import MessageContext
    from tests.support.sides import Side


async def test_a_handler_that_hangs_holds_nobody_up(one: Side, queue: str) -> None:
    released = asyncio.Event()

    async def hang_on_a(text: str, _: MessageContext) -> None:
        if text == "a":
            await released.wait()

    recording, task = RecordingHandler(hang_on_a), note_task(queue)
    await one.consume_notes(recording, task, concurrency=2)

    await one.messaging.tasks.enqueue_many(task, [Note(text=text) for text in "abcdef"])

    await recording.reach(6)
    released.set()
