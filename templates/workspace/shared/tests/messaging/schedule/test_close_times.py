"""Of times that come more often than once a minute, each takes effect that is not missed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from unittest.mock import patch

import pytest
from redis.asyncio import Redis

from shared.messaging.schedule import scheduler as module
from shared.messaging.store import schedules as records
from shared.testing import wait_until

if TYPE_CHECKING:
    from shared.messaging.schedule import Schedule
    from tests.support.messages import Notes
    from tests.support.replicas import Clock, Opener

EACH_20_SECONDS = "*/20 * * * * *"


def at(*times: str) -> list[str]:
    """Return times of the day of the tests as the payloads have them."""
    return [f"2027-01-04T{time}+00:00" for time in times]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("08:00:45", ["08:00:00", "08:00:20", "08:00:40"]),
        ("08:01:00", ["08:00:00", "08:00:20", "08:00:40", "08:01:00"]),
        ("08:01:00.100", ["08:00:20", "08:00:40", "08:01:00"]),
        ("07:59:59", []),
    ],
)
def test_all_of_the_last_minute_are_due(schedule: Schedule, now: str, expected: list[str]) -> None:
    often = replace(schedule, cron=EACH_20_SECONDS)
    after, until = map(datetime.fromisoformat, at("07:59:50", now))

    due = often.due_runs(after, until)

    assert [each.isoformat() for each in due] == at(*expected)


@pytest.mark.parametrize("missed", ["skip", "once"])
async def test_only_those_over_for_more_than_a_minute_are_missed(
    replica: Opener, schedule: Schedule, clock: Clock, notes: Notes, missed: Literal["skip", "once"]
) -> None:
    schedule = replace(schedule, cron=EACH_20_SECONDS, missed=missed)
    async with replica(schedule) as one:
        await one.look()
        clock.set("2027-01-04T08:01:05")
        await one.look()
        await notes.reach(3)
    assert sorted(notes.texts) == at("08:00:20", "08:00:40", "08:01:00")


async def test_what_a_dead_replica_claimed_is_not_left_out_for_a_later_time(
    replica: Opener, schedule: Schedule, clock: Clock, notes: Notes
) -> None:
    schedule = replace(schedule, cron=EACH_20_SECONDS)
    async with replica(schedule) as dying, replica(schedule) as other:
        await asyncio.gather(dying.look(), other.look())
        clock.set("2027-01-04T07:59:40")
        with patch.object(records, "CLAIM_MILLISECONDS", 200):
            assert await dying.store.schedules.claim(schedule.name, clock.now, "dying") == "mine"
        clock.set("2027-01-04T08:00:00")
        assert await other.look() == module.RETRY_SECONDS

        async def enqueued() -> bool:
            return await other.look() > module.RETRY_SECONDS

        await wait_until(enqueued, what="the end of the claim")
        await notes.reach(2)
        assert sorted(notes.texts) == at("07:59:40", "08:00:00")


async def test_what_was_due_while_redis_was_emptied_is_not_left_out_for_a_newcomer(
    replica: Opener, schedule: Schedule, clock: Clock, notes: Notes, redis_url: str
) -> None:
    schedule = replace(schedule, cron=EACH_20_SECONDS)
    async with replica(schedule) as before, replica(schedule) as another:
        await asyncio.gather(before.look(), another.look())
        async with Redis.from_url(redis_url) as redis:
            names = [name async for name in redis.scan_iter(f"*schedule:{schedule.name}")]
            assert await redis.delete(*names) == 1
        clock.set("2027-01-04T07:59:45")
        async with replica(schedule) as newcomer:
            await newcomer.look()
            clock.set("2027-01-04T08:00:01")
            await newcomer.look()
            await notes.reach(1)
            # Two remember that the time before is not over, and it is done once nevertheless.
            await asyncio.gather(before.look(), another.look())
            await notes.reach(2)
        assert sorted(notes.texts) == at("07:59:40", "08:00:00")
