"""An event that is told twice takes effect once in each queue."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from tests.support.messages import NoteTaken, RecordingHandler, new_queue, note_taken_consumer

if TYPE_CHECKING:
    from tests.support.sides import Side


async def test_an_event_told_twice_takes_effect_once_in_each_queue(one: Side) -> None:
    here, there, event_id = RecordingHandler(), RecordingHandler(), uuid4()
    await one.consume(
        note_taken_consumer(new_queue(), here), note_taken_consumer(new_queue(), there)
    )

    await one.messaging.events.publish(NoteTaken(text="a"), event_id)
    await one.messaging.events.publish(NoteTaken(text="a"), event_id)
    await one.messaging.events.publish(NoteTaken(text="last"))

    await here.reach(2)
    await there.reach(2)
    assert sorted(here.texts) == sorted(there.texts) == ["a", "last"]
