"""An event reaches every queue that is bound to its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from shared.messaging.contract import EventData
from tests.support.messages import NoteTaken, RecordingHandler, new_queue, note_taken_consumer

if TYPE_CHECKING:
    from tests.support.sides import Side


class Forgotten(EventData):
    type: ClassVar[str] = "test.forgotten"


async def test_an_event_reaches_every_queue_bound_to_its_type(one: Side) -> None:
    here, there, queue = RecordingHandler(), RecordingHandler(), new_queue()
    await one.consume(note_taken_consumer(queue, here), note_taken_consumer(new_queue(), there))

    await one.messaging.events.publish(Forgotten())
    event_id = await one.messaging.events.publish(NoteTaken(text="a"))

    await here.reach(1)
    await there.reach(1)
    assert [here.texts, there.texts] == [["a"], ["a"]]
    assert here.calls[0][1].id == str(event_id)
    assert here.calls[0][1].name == "note.taken"
    await one.hold(f"events.tested.{queue}", 0)
