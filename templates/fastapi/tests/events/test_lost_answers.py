"""What may have been made, because its answer was lost, is looked for."""

import pytest

from app.features import Settings
from shared.correlation import request_scope
from shared.errors import UnavailableError
from shared.testing.recorder import EventRecorder
from tests.events.processes import announcing, at_once, intent, to_event, wait_for_none_left


@pytest.mark.parametrize("name", ["made", "unmade"])
async def test_what_may_have_been_made_is_told_if_it_was(
    settings: Settings, recorder: EventRecorder, name: str
) -> None:
    async def lose() -> str:
        raise UnavailableError("no answer")

    async with announcing(at_once(settings)) as announcer:
        with pytest.raises(UnavailableError), request_scope("abc-1"):
            await announcer.announce(intent(name), lose, to_event)
        await wait_for_none_left(settings)
    told = [(message.data["name"], message.correlation_id) for message in recorder.messages]
    assert told == ([("made", "abc-1")] if name == "made" else [])
