"""What people are shown of schedules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shared.messaging.schedule.schedules import Schedule
    from shared.messaging.store.schedules import RedisSchedules


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A schedule with the time it comes next, and the last time for which it was enqueued."""

    name: str
    cron: str
    timezone: str
    task: str
    missed: str
    next_run: datetime
    last_run: datetime | None


def entry_of(schedule: Schedule, now: datetime, last_run: datetime | None) -> Entry:
    """Return a schedule as it is shown, its times in its time zone."""
    zone = ZoneInfo(schedule.timezone)
    return Entry(
        name=schedule.name,
        cron=schedule.cron,
        timezone=schedule.timezone,
        task=schedule.task.name,
        missed=schedule.missed,
        next_run=schedule.next_run(now).astimezone(zone),
        last_run=last_run and last_run.astimezone(zone),
    )


async def read_entries(
    schedules: Sequence[Schedule], store: RedisSchedules, now: datetime
) -> list[Entry]:
    """Return all schedules as they are shown; raises UnavailableError when the store is away."""
    return [entry_of(each, now, await store.last_run(each.name)) for each in schedules]
