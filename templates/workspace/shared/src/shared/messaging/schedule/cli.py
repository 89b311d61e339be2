"""Shows schedules on the command line: `python -m app schedule list [--json]`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic_core import to_json

from shared.errors import UnavailableError
from shared.messaging.schedule.entries import Entry, entry_of, read_entries
from shared.messaging.settings import TaskSettings
from shared.messaging.store import open_store
from shared.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.messaging.schedule.schedules import Schedule

_HEAD = ("NAME", "CRON", "TIMEZONE", "TASK", "MISSED", "NEXT RUN", "LAST RUN")


def main(
    arguments: Sequence[str], schedules: Sequence[Schedule], settings: TaskSettings | None = None
) -> int:
    """Show the schedules with their next and last runs; return the exit code.

    Without the store the next runs are shown, stderr says so and the code is 1. Exits with 2 when
    the arguments make no sense; raises ConfigurationError when the environment lacks something.
    """
    parser = argparse.ArgumentParser(prog="schedule", description="Shows what is done when.")
    parser.add_argument("action", choices=["list"])
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args(arguments)
    entries, code = asyncio.run(_read(schedules, settings or load_settings(TaskSettings)))
    sys.stdout.write(_as_json(entries) if options.json else _as_table(entries))
    return code


async def _read(schedules: Sequence[Schedule], settings: TaskSettings) -> tuple[list[Entry], int]:
    now = datetime.now(UTC)
    try:
        async with open_store(settings) as store:
            return await read_entries(schedules, store.schedules, now), 0
    except UnavailableError as error:
        sys.stderr.write(f"schedule: the last runs are not known: {error}\n")
        return [entry_of(each, now, None) for each in schedules], 1


def _as_json(entries: Sequence[Entry]) -> str:
    return to_json([asdict(each) for each in entries], indent=2).decode() + "\n"


def _as_table(entries: Sequence[Entry]) -> str:
    rows = [_HEAD, *(_row(each) for each in entries)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return "".join(f"{line}\n" for line in lines)


def _row(entry: Entry) -> tuple[str, ...]:
    last = entry.last_run.isoformat() if entry.last_run else "-"
    known = (entry.name, entry.cron, entry.timezone, entry.task, entry.missed)
    return (*known, entry.next_run.isoformat(), last)
