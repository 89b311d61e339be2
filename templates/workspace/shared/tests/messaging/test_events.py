"""An event reaches every queue that is bound to its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from shared.messaging.contract import EventData
from tests.support.messages import Notes, Told, new_queue, told_to

if TYPE_CHECKING:
    from tests.support.sides import Side


class Forgotten(EventData):
    type: ClassVar[str] = "test.forgotten"


async def test_an_event_reaches_every_queue_bound_to_its_type(one: Side) -> None:
    here, there, queue = Notes(), Notes(), new_queue()
    await one.consume(told_to(queue, here), told_to(new_queue(), there))

    await one.messaging.events.publish(Forgotten())
    event_id = await one.messaging.events.publish(Told(text="a"))

    await here.reach(1)
    await there.reach(1)
    assert [here.texts, there.texts] == [["a"], ["a"]]
    assert here.calls[0][1].id == str(event_id)
    assert here.calls[0][1].name == "test.told"
    await one.hold(f"events.tested.{queue}", 0)
