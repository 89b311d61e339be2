"""A handler that takes too long is cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.messages import Note, RecordingHandler, blocked, note_task

if TYPE_CHECKING:
    from shared.messaging.consuming import MessageContext
    from tests.support.dead_letters import Raw
    from tests.support.sides import Side


async def test_a_handler_that_takes_too_long_is_cancelled(one: Side, queue: str, raw: Raw) -> None:
    async def hang(_: str, __: MessageContext) -> None:
        await blocked()

    recording, task = RecordingHandler(hang), note_task(queue, seconds=0.1)
    await one.consume_notes(recording, task)

    await one.messaging.tasks.enqueue(task, Note(text="a"))

    dead = await raw.take(f"tasks.{queue}.dead")
    assert dead.headers["x-error"] == "TimeoutError: took longer than 0.1 s"
    assert dead.headers["x-reason"] == "retries-exhausted"
    assert len(recording.calls) == 3
