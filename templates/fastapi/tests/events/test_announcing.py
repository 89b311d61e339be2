"""What was made is told once, for its request."""

import pytest

from app.features import Settings
from shared.correlation import request_scope
from shared.errors import ConflictError
from shared.testing.recorder import EventRecorder
from tests.events.processes import announcing, intent, make, to_event, wait_for_none_left


async def test_what_was_made_is_told_for_its_request(
    settings: Settings, recorder: EventRecorder
) -> None:
    async with announcing(settings) as announcer:
        with request_scope("abc-1"):
            assert await announcer.announce(intent("a"), make, to_event) == "a"
        [message] = await recorder.wait_for(1)
    assert (message.type, message.correlation_id) == ("thing.made", "abc-1")
    assert (message.id, message.data) == (str(to_event("a").event_id), {"name": "a"})
    await wait_for_none_left(settings)


async def test_what_was_refused_is_not_told(settings: Settings, recorder: EventRecorder) -> None:
    async def refuse() -> str:
        raise ConflictError("no")

    async with announcing(settings) as announcer:
        with pytest.raises(ConflictError):
            await announcer.announce(intent("refused"), refuse, to_event)
        await announcer.announce(intent("a"), make, to_event)
        await wait_for_none_left(settings)
    assert [message.data["name"] for message in recorder.messages] == ["a"]
