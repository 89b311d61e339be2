"""An event whose handler failed is tried again in that queue alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.messages import NoteTaken, RecordingHandler, new_queue, note_taken_consumer

if TYPE_CHECKING:
    from shared.messaging.consuming import MessageContext
    from tests.support.dead_letters import Raw
    from tests.support.sides import Side


async def test_only_the_queue_whose_handler_failed_tries_again(one: Side, raw: Raw) -> None:
    async def fail(_: str, work: MessageContext) -> None:
        raise LookupError(work.attempt)

    failing, working, queue = RecordingHandler(fail), RecordingHandler(), new_queue()
    await one.consume(
        note_taken_consumer(queue, failing), note_taken_consumer(new_queue(), working)
    )

    await one.messaging.events.publish(NoteTaken(text="a"))

    dead = await raw.take(f"events.tested.{queue}.dead")
    assert dead.headers["x-error"] == "LookupError: 3"
    assert dead.headers["x-event"] == "note.taken"
    assert len(failing.calls) == 3
    assert working.texts == ["a"]
