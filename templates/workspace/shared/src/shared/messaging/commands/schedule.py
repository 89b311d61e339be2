"""The command on schedules: `schedule list`."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from pydantic_core import to_json

from shared.errors import UnavailableError
from shared.messaging.commands.common import NOTHING, Operated, as_json, print_table
from shared.messaging.schedule import Entry
from shared.messaging.store import open_store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.messaging.schedule import Schedule
    from shared.messaging.settings import TaskSettings

_HEADINGS = ("NAME", "CRON", "TIMEZONE", "TASK", "MISSED", "NEXT RUN", "LAST RUN")


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
    entries, is_complete = asyncio.run(_read(operated.schedules, operated.settings()))
    if as_json:
        click.echo(to_json([asdict(each) for each in entries], indent=2))
    else:
        print_table([_HEADINGS, *map(_row, entries)])
    if not is_complete:
        raise click.exceptions.Exit(NOTHING)


async def _read(schedules: Sequence[Schedule], settings: TaskSettings) -> tuple[list[Entry], bool]:
    now = datetime.now(UTC)
    try:
        async with open_store(settings) as store:
            return [
                Entry.of(each, now, await store.schedules.last_run(each.name)) for each in schedules
            ], True
    except UnavailableError as error:
        click.echo(f"schedule: the last runs are not known: {error}", err=True)
        return [Entry.of(each, now, None) for each in schedules], False


def _row(entry: Entry) -> tuple[str, ...]:
    last = entry.last_run.isoformat() if entry.last_run else "-"
    known = (entry.name, entry.cron, entry.timezone, entry.task, entry.missed)
    return (*known, entry.next_run.isoformat(), last)
