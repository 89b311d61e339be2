"""An event that is told twice takes effect once in each queue."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from tests.support.messages import Notes, Told, new_queue, told_to

if TYPE_CHECKING:
    from tests.support.sides import Side


async def test_an_event_told_twice_takes_effect_once_in_each_queue(one: Side) -> None:
    here, there, event_id = Notes(), Notes(), uuid4()
    await one.consume(told_to(new_queue(), here), told_to(new_queue(), there))

    await one.messaging.events.publish(Told(text="a"), event_id)
    await one.messaging.events.publish(Told(text="a"), event_id)
    await one.messaging.events.publish(Told(text="last"))

    await here.reach(2)
    await there.reach(2)
    assert sorted(here.texts) == sorted(there.texts) == ["a", "last"]
