"""A broker that a test can take away and give back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.testing.frail import frail_broker
from shared.testing.hearing import listening
from tests.support.messages import Told

if TYPE_CHECKING:
    from shared.messaging.settings import TaskSettings
    from tests.support.sides import Side


async def hears(settings: TaskSettings, one: Side, text: str) -> None:
    async with listening(settings) as ear:
        await one.messaging.events.publish(Told(text=text))
        [message] = await ear.wait_for(1)
    assert message.data == {"text": text}


async def test_it_is_away_from_the_cut_until_it_is_joined(tasks: TaskSettings, one: Side) -> None:
    async with frail_broker(tasks) as (between, moved):
        await hears(moved, one, "a")
        await between.cut()
        with pytest.raises(ConnectionError):
            await hears(moved, one, "b")
        await between.join()
        await hears(moved, one, "c")
