"""The command on schedules: `schedule list`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click
from pydantic_core import to_json

from shared.errors import UnavailableError
from shared.messaging.commands.common import NOTHING, Operated, as_json, print_table
from shared.messaging.store import open_store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.messaging.schedule import Schedule
    from shared.messaging.settings import TaskSettings


@click.group(name="schedule")
def schedule() -> None:
    """What is enqueued by the clock."""


@schedule.command(name="list")
@as_json
@click.pass_obj
def list_entries(operated: Operated, *, as_json: bool) -> None:
    """Show the schedules with their next and last runs.

    Without the store the next runs are shown, stderr says so and the exit code is 1.
    """
    chosen = operated.schedules
    last_runs = asyncio.run(_last_runs(chosen, operated.settings()))
    now = datetime.now(UTC)
    entries = [_entry(each, now, (last_runs or {}).get(each.name)) for each in chosen]
    if as_json:
        click.echo(to_json(entries, indent=2))
    else:
        headings = ("NAME", "CRON", "TIMEZONE", "TASK", "MISSED", "NEXT RUN", "LAST RUN")
        print_table([headings, *([each or "-" for each in entry.values()] for entry in entries)])
    if last_runs is None:
        raise click.exceptions.Exit(NOTHING)


async def _last_runs(
    schedules: Sequence[Schedule], settings: TaskSettings
) -> dict[str, datetime | None] | None:
    try:
        async with open_store(settings) as store:
            return {each.name: await store.schedules.last_run(each.name) for each in schedules}
    except UnavailableError as error:
        click.echo(f"schedule: the last runs are not known: {error}", err=True)
        return None


def _entry(schedule: Schedule, now: datetime, last_run: datetime | None) -> dict[str, Any]:
    """Return what is shown of a schedule, with times in its time zone."""
    zone = ZoneInfo(schedule.timezone)
    return {
        "name": schedule.name,
        "cron": schedule.cron,
        "timezone": schedule.timezone,
        "task": schedule.task.name,
        "missed": schedule.missed,
        "next_run": schedule.next_run(now).astimezone(zone).isoformat(),
        "last_run": last_run and last_run.astimezone(zone).isoformat(),
    }
