"""Each time of a schedule takes effect once, however many replicas there are and how they end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from unittest.mock import patch

import pytest
from redis.asyncio import Redis

from shared.errors import UnavailableError
from shared.messaging.schedule import scheduler as module
from shared.messaging.store import schedules as records
from shared.testing import wait_until
from tests.support.messages import Note

if TYPE_CHECKING:
    from shared.messaging.schedule import Schedule
    from tests.support.messages import RecordingHandler
    from tests.support.replicas import Clock, Opener

DUE = "2027-01-04T08:00:00+00:00"
NEXT = "2027-01-04T09:00:00+00:00"
EACH_20_SECONDS = "*/20 * * * * *"


async def test_of_many_replicas_one_enqueues(
    replica: Opener, schedule: Schedule, clock: Clock, recording: RecordingHandler
) -> None:
    async with replica(schedule) as one, replica(schedule) as two, replica(schedule) as three:
        replicas = (one, two, three)
        assert [await each.look() for each in replicas] == [30, 30, 30]
        clock.set("2027-01-04T08:00:00.1")
        await asyncio.gather(*(each.look() for each in replicas for _ in range(5)))
        await recording.reach(1)
        clock.set("2027-01-04T09:00:00.1")
        await asyncio.gather(*(each.look() for each in replicas))
        await recording.reach(2)
        assert recording.texts == [DUE, NEXT]


async def test_what_a_dead_replica_claimed_is_enqueued_by_another(
    replica: Opener, schedule: Schedule, clock: Clock, recording: RecordingHandler
) -> None:
    async with replica(schedule) as dying, replica(schedule) as other:
        await asyncio.gather(dying.look(), other.look())
        clock.set("2027-01-04T08:00:00")
        with patch.object(records, "CLAIM_MILLISECONDS", 200):
            assert await dying.store.schedules.claim(schedule.name, clock.now, "dying") == "mine"
        assert await other.look() == module.RETRY_SECONDS
        assert recording.texts == []

        async def enqueued() -> bool:
            return await other.look() > module.RETRY_SECONDS

        await wait_until(enqueued, what="the end of the claim")
        await recording.reach(1)
        assert recording.texts == [DUE]


async def test_what_was_enqueued_by_one_that_died_before_it_could_say_so_runs_once(
    replica: Opener, schedule: Schedule, clock: Clock, recording: RecordingHandler
) -> None:
    async with replica(schedule) as dying, replica(schedule) as other:
        await asyncio.gather(dying.look(), other.look())
        clock.set("2027-01-04T08:00:00")
        await module.enqueue(dying.messaging, schedule, clock.now)
        await recording.reach(1)

        await other.look()
        clock.set("2027-01-04T09:00:00")
        await other.look()
        await recording.reach(2)
        assert recording.texts == [DUE, NEXT]


async def test_a_payload_that_is_another_the_second_time_is_not_lost(
    replica: Opener, schedule: Schedule, clock: Clock, recording: RecordingHandler
) -> None:
    async with replica(schedule) as one:
        await one.look()
        clock.set("2027-01-04T08:00:00")
        stopped = patch.object(one.messaging.tasks, "_send", side_effect=asyncio.CancelledError)
        with stopped, pytest.raises(asyncio.CancelledError):
            await one.look()
        other = replace(schedule, payload=Note(text="another"))

        await one.scheduler.run_due(other)
        await recording.reach(1)
        assert recording.texts == ["another"]


@pytest.mark.parametrize("missed", ["skip", "once"])
async def test_what_was_missed_goes_by_the_policy(
    replica: Opener,
    schedule: Schedule,
    clock: Clock,
    recording: RecordingHandler,
    missed: Literal["skip", "once"],
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
        await recording.reach(len(texts))
        assert recording.texts == texts


async def test_while_the_broker_is_away_nothing_is_lost(
    replica: Opener, schedule: Schedule, clock: Clock, recording: RecordingHandler
) -> None:
    async with replica(schedule) as one:
        await one.look()
        clock.set("2027-01-04T08:00:00")
        away = patch.object(one.messaging.tasks, "enqueue", side_effect=UnavailableError("away"))
        with away, pytest.raises(UnavailableError):
            await one.look()
        clock.set("2027-01-04T08:00:40")
        await one.look()
        await recording.reach(1)
        assert recording.texts == [DUE]


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
    replica: Opener,
    schedule: Schedule,
    clock: Clock,
    recording: RecordingHandler,
    missed: Literal["skip", "once"],
) -> None:
    schedule = replace(schedule, cron=EACH_20_SECONDS, missed=missed)
    async with replica(schedule) as one:
        await one.look()
        clock.set("2027-01-04T08:01:05")
        await one.look()
        await recording.reach(3)
    assert sorted(recording.texts) == at("08:00:20", "08:00:40", "08:01:00")


async def test_what_a_dead_replica_claimed_is_not_left_out_for_a_later_time(
    replica: Opener, schedule: Schedule, clock: Clock, recording: RecordingHandler
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
        await recording.reach(2)
        assert sorted(recording.texts) == at("07:59:40", "08:00:00")


async def test_what_was_due_while_redis_was_emptied_is_not_left_out_for_a_newcomer(
    replica: Opener, schedule: Schedule, clock: Clock, recording: RecordingHandler, redis_url: str
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
            await recording.reach(1)
            # Two remember that the time before is not over, and it is done once nevertheless.
            await asyncio.gather(before.look(), another.look())
            await recording.reach(2)
        assert sorted(recording.texts) == at("07:59:40", "08:00:00")
