"""Each time of a schedule takes effect once, however many replicas there are and how they end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from shared.messaging.schedule import scheduler as module
from shared.messaging.store import schedules as records
from shared.testing import wait_until
from tests.support.messages import Note

if TYPE_CHECKING:
    from shared.messaging.schedule import Schedule
    from tests.support.messages import Notes
    from tests.support.replicas import Clock, Opener

DUE = "2027-01-04T08:00:00+00:00"
NEXT = "2027-01-04T09:00:00+00:00"


async def test_of_many_replicas_one_enqueues(
    replica: Opener, schedule: Schedule, clock: Clock, notes: Notes
) -> None:
    async with replica(schedule) as one, replica(schedule) as two, replica(schedule) as three:
        replicas = (one, two, three)
        assert [await each.look() for each in replicas] == [30, 30, 30]
        clock.set("2027-01-04T08:00:00.1")
        await asyncio.gather(*(each.look() for each in replicas for _ in range(5)))
        await notes.reach(1)
        clock.set("2027-01-04T09:00:00.1")
        await asyncio.gather(*(each.look() for each in replicas))
        await notes.reach(2)
        assert notes.texts == [DUE, NEXT]


async def test_what_a_dead_replica_claimed_is_enqueued_by_another(
    replica: Opener, schedule: Schedule, clock: Clock, notes: Notes
) -> None:
    async with replica(schedule) as dying, replica(schedule) as other:
        await asyncio.gather(dying.look(), other.look())
        clock.set("2027-01-04T08:00:00")
        with patch.object(records, "CLAIM_MILLISECONDS", 200):
            assert await dying.store.schedules.claim(schedule.name, clock.now, "dying") == "mine"
        assert await other.look() == module.RETRY_SECONDS
        assert notes.texts == []

        async def enqueued() -> bool:
            return await other.look() > module.RETRY_SECONDS

        await wait_until(enqueued, what="the end of the claim")
        await notes.reach(1)
        assert notes.texts == [DUE]


async def test_what_was_enqueued_by_one_that_died_before_it_could_say_so_runs_once(
    replica: Opener, schedule: Schedule, clock: Clock, notes: Notes
) -> None:
    async with replica(schedule) as dying, replica(schedule) as other:
        await asyncio.gather(dying.look(), other.look())
        clock.set("2027-01-04T08:00:00")
        await module.enqueue(dying.messaging, schedule, clock.now)
        await notes.reach(1)

        await other.look()
        clock.set("2027-01-04T09:00:00")
        await other.look()
        await notes.reach(2)
        assert notes.texts == [DUE, NEXT]


async def test_a_payload_that_is_another_the_second_time_is_not_lost(
    replica: Opener, schedule: Schedule, clock: Clock, notes: Notes
) -> None:
    async with replica(schedule) as one:
        await one.look()
        clock.set("2027-01-04T08:00:00")
        stopped = patch.object(one.messaging.tasks, "_send", side_effect=asyncio.CancelledError)
        with stopped, pytest.raises(asyncio.CancelledError):
            await one.look()
        other = replace(schedule, payload=Note(text="another"))

        await one.scheduler.run_due(other)
        await notes.reach(1)
        assert notes.texts == ["another"]
