"""A service does by the clock what it has schedules for, until it is told to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry

from shared.errors import CompositionError
from shared.lifecycle import OK, Lifecycle
from shared.messaging.publishing import MESSAGING_METRICS
from shared.messaging.schedule import Schedule, scheduler_resource
from shared.messaging.settings import TaskSettings
from tests.support.messages import Note, Notes, note_task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pydantic import BaseModel

EACH_SECOND = "* * * * * *"


def schedules(queue: str) -> Sequence[Schedule]:
    def fails(_: datetime) -> BaseModel:
        raise ValueError("no payload")

    name, task = uuid4().hex[:8], note_task(queue)
    works = Schedule(name=f"{name}-a", cron=EACH_SECOND, task=task, payload=Note(text="a"))
    return works, Schedule(name=f"{name}-b", cron=EACH_SECOND, task=task, payload=fails)


async def test_replicas_enqueue_each_second_once_until_they_drain(
    scheduled: TaskSettings, queue: str, notes: Notes
) -> None:
    resources = (scheduler_resource(schedules(queue), TaskSettings), MESSAGING_METRICS)

    def service() -> Lifecycle:
        return Lifecycle(
            resources, {TaskSettings: scheduled, CollectorRegistry: CollectorRegistry()}
        )

    one, two = service(), service()
    async with one, two:
        assert await one.check(5) == {"Scheduler": OK}
        await notes.reach(2)
        one.start_draining()
        await notes.reach(3)
        two.start_draining()

    assert len({work.id for _, work in notes.calls}) == len(notes.calls)


def test_two_schedules_of_one_name_are_refused() -> None:
    schedule = Schedule(name="s", cron=EACH_SECOND, task=note_task("q"), payload=Note(text="a"))

    with pytest.raises(CompositionError, match="one name"):
        scheduler_resource((schedule, schedule), TaskSettings)
