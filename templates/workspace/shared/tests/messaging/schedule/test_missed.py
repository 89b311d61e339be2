"""What could not be enqueued in time is enqueued late or not at all, as the schedule says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal
from unittest.mock import patch

import pytest

from shared.errors import UnavailableError

if TYPE_CHECKING:
    from shared.messaging.schedule import Schedule
    from tests.support.messages import Notes
    from tests.support.replicas import Clock, Opener

DUE = "2027-01-04T08:00:00+00:00"
NEXT = "2027-01-04T09:00:00+00:00"


@pytest.mark.parametrize("missed", ["skip", "once"])
async def test_what_was_missed_goes_by_the_policy(
    replica: Opener, schedule: Schedule, clock: Clock, notes: Notes, missed: Literal["skip", "once"]
) -> None:
    schedule, texts = replace(schedule, missed=missed), [DUE, NEXT][missed == "skip" :]
    clock.set("2027-01-04T05:30:00")
    async with replica(schedule) as before:
        await before.look()
    clock.set("2027-01-04T08:59:59")
    async with replica(schedule) as after:
        assert await after.look() == 1
        clock.set("2027-01-04T09:00:00")
        await after.look()
        await notes.reach(len(texts))
        assert notes.texts == texts


async def test_while_the_broker_is_away_nothing_is_lost(
    replica: Opener, schedule: Schedule, clock: Clock, notes: Notes
) -> None:
    async with replica(schedule) as one:
        await one.look()
        clock.set("2027-01-04T08:00:00")
        away = patch.object(one.messaging.tasks, "enqueue", side_effect=UnavailableError("away"))
        with away, pytest.raises(UnavailableError):
            await one.look()
        clock.set("2027-01-04T08:00:40")
        await one.look()
        await notes.reach(1)
        assert notes.texts == [DUE]
