"""A recorder has the events that are published meanwhile, of the types that it is bound to."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pytest

from shared.correlation import request_scope
from shared.messaging.contract import EventData
from shared.testing.recorder import record_events
from tests.support.messages import NoteTaken

if TYPE_CHECKING:
    from shared.messaging.settings import TaskSettings
    from tests.support.sides import Side


class Other(EventData):
    type: ClassVar[str] = "note.other"


async def test_an_event_is_recorded_as_it_was_published(tasks: TaskSettings, one: Side) -> None:
    async with record_events(tasks) as recorder:
        with request_scope("abc-1"):
            event_id = await one.messaging.events.publish(NoteTaken(text="a"))
        [message] = await recorder.wait_for(1)
    assert (message.id, message.type) == (str(event_id), "note.taken")
    assert (message.correlation_id, message.data) == ("abc-1", {"text": "a"})


async def test_everything_is_recorded_in_its_order_but_nothing_from_before(
    tasks: TaskSettings, one: Side
) -> None:
    await one.messaging.events.publish(NoteTaken(text="before"))
    async with record_events(tasks) as recorder:
        for event in (NoteTaken(text="a"), Other(), NoteTaken(text="b")):
            await one.messaging.events.publish(event)
        recorded = await recorder.wait_for(3)
    assert [message.data.get("text") for message in recorded] == ["a", None, "b"]


@pytest.mark.parametrize("types", [("note.another", NoteTaken.type), ("*.taken",)])
async def test_bound_to_some_types_it_records_no_others(
    tasks: TaskSettings, one: Side, types: tuple[str, ...]
) -> None:
    async with record_events(tasks, *types) as recorder:
        # Another one would come first.
        await one.messaging.events.publish(Other())
        await one.messaging.events.publish(NoteTaken(text="a"))
        recorded = await recorder.wait_for(1)
    assert [message.type for message in recorded] == ["note.taken"]


async def test_in_vain_it_says_in_time_what_came_instead(tasks: TaskSettings, one: Side) -> None:
    async with record_events(tasks) as recorder:
        expected = r"^recording 1 events did not happen within 0.05 s; recorded: nothing$"
        with pytest.raises(TimeoutError, match=expected):
            await recorder.wait_for(1, timeout_seconds=0.05)
        for event in (NoteTaken(text="a"), Other()):
            await one.messaging.events.publish(event)
        await recorder.wait_for(2)
        with pytest.raises(TimeoutError, match=r"recorded: note\.taken, note\.other$"):
            await recorder.wait_for(3, timeout_seconds=0.05)
