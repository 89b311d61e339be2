"""A service does by the clock what it has schedules for, until it is told to stop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from unittest.mock import patch
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry

from shared.errors import CompositionError
from shared.lifecycle import OK, Lifecycle
from shared.messaging.schedule import Schedule, scheduler_resources
from shared.messaging.schedule import scheduler as module
from shared.messaging.settings import TaskSettings
from tests.support.messages import Note, RecordingHandler, note_task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pydantic import BaseModel

    from shared.messaging.contract import Task
    from tests.support.replicas import Clock, Opener

EACH_SECOND = "* * * * * *"


def schedules(queue: str) -> Sequence[Schedule]:
    def fails(_: datetime) -> BaseModel:
        raise ValueError("no payload")

    name, task = uuid4().hex[:8], note_task(queue)
    works = Schedule(name=f"{name}-a", cron=EACH_SECOND, task=task, payload=Note(text="a"))
    return works, Schedule(name=f"{name}-b", cron=EACH_SECOND, task=task, payload=fails)


async def test_replicas_enqueue_each_second_once_until_they_drain(
    scheduled: TaskSettings, queue: str, recording: RecordingHandler
) -> None:
    resources = scheduler_resources(schedules(queue), TaskSettings)

    def service() -> Lifecycle:
        return Lifecycle(
            resources, {TaskSettings: scheduled, CollectorRegistry: CollectorRegistry()}
        )

    one, two = service(), service()
    async with one, two:
        assert await one.check(5) == {"Messaging": OK, "Scheduler": OK}
        await recording.reach(2)
        one.start_draining()
        await recording.reach(3)
        two.start_draining()

    assert len({work.id for _, work in recording.calls}) == len(recording.calls)


def test_two_schedules_of_one_name_are_refused() -> None:
    schedule = Schedule(name="s", cron=EACH_SECOND, task=note_task("q"), payload=Note(text="a"))

    with pytest.raises(CompositionError, match="one name"):
        scheduler_resources((schedule, schedule), TaskSettings)


async def test_a_replica_that_stops_finishes_what_it_has_claimed(
    replica: Opener, schedule: Schedule, clock: Clock, recording: RecordingHandler
) -> None:
    async with replica(schedule) as stopping, replica(schedule) as other:
        await asyncio.gather(stopping.look(), other.look())
        clock.set("2027-01-04T08:00:00")
        claimed, stopped = asyncio.Event(), asyncio.Event()
        enqueue = stopping.messaging.tasks.enqueue

        async def slow(task: Task[Note], payload: Note, *, idempotency_key: str) -> str:
            claimed.set()
            await stopped.wait()
            return await enqueue(task, payload, idempotency_key=idempotency_key)

        with patch.object(stopping.messaging.tasks, "enqueue", slow):
            stopping.scheduler.start()
            await claimed.wait()
            stop = asyncio.create_task(stopping.scheduler.stop())
            await asyncio.sleep(0)
            stopped.set()
            await stop
        await recording.reach(1)
        # Nothing is left that the other would have to wait for.
        assert await other.look() == module.LONGEST_WAIT_SECONDS
        assert len(recording.calls) == 1
