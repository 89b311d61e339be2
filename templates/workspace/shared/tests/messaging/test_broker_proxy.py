"""A broker that a test can take away and give back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.testing.proxy import broker_proxy
from shared.testing.recorder import record_events
from tests.support.messages import NoteTaken

if TYPE_CHECKING:
    from shared.messaging.settings import TaskSettings
    from tests.support.sides import Side


async def records(settings: TaskSettings, one: Side, text: str) -> None:
    async with record_events(settings) as recorder:
        await one.messaging.events.publish(NoteTaken(text=text))
        [message] = await recorder.wait_for(1)
    assert message.data == {"text": text}


async def test_it_is_away_from_the_cut_until_it_is_joined(tasks: TaskSettings, one: Side) -> None:
    async with broker_proxy(tasks) as (between, moved):
        await records(moved, one, "a")
        await between.cut()
        with pytest.raises(ConnectionError):
            await records(moved, one, "b")
        await between.join()
        await records(moved, one, "c")
