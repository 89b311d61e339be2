"""A consumer reads over what it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.messaging.contract import Envelope
from tests.support.messages import Notes, Told, new_queue, told_to

if TYPE_CHECKING:
    from tests.support.dead_letters import Raw
    from tests.support.sides import Side


async def test_a_consumer_reads_over_what_it_does_not_know(one: Side, raw: Raw) -> None:
    notes, queue = Notes(), new_queue()
    await one.consume(told_to(queue, notes))
    newer = Envelope.of(Told(text="a"), "x").model_dump()
    body: Envelope[object] = Envelope.model_validate(
        newer | {"data": {"text": "b", "colour": "red"}}
    )

    await raw.put(f"events.tested.{queue}", body.model_dump_json().encode(), x_event="test.told")
    await notes.reach(1)
    await raw.put(f"events.tested.{queue}", b"{}", "m2", x_event="test.forgotten")

    dead = await raw.take(f"events.tested.{queue}.dead")
    assert (notes.texts, dead.headers["x-reason"]) == (["b"], "unknown-event")
