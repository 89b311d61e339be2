"""Prints dead letters for people and, with a version, for programs."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic_core import to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shared.messaging.dead.letters import DeadLetter

SCHEMA = 1
_DONE = {"replay": "replayed", "purge": "purged", "show": "shown"}
_ERROR_WIDTH = 60
_HEADINGS = ("ID", "QUEUE", "NAME", "REASON", "ATTEMPT", "DIED", "ERROR")


def print_json(command: str, **content: object) -> None:
    """Print an object with the version of its schema, on one line."""
    told = to_json({"schema": SCHEMA, "command": command, **content}, indent=2)
    sys.stdout.write(f"{told.decode()}\n")


def print_letters(letters: Sequence[DeadLetter], reasons: Mapping[str, int]) -> None:
    """Print a line for each, then how many there are for each reason."""
    if letters:
        _print_columns([_HEADINGS, *map(_row, letters)])
        _print("")
    _print_reasons(f"{len(letters)} dead letters", reasons)


def print_letter(letter: DeadLetter) -> None:
    """Print all that is known of one."""
    told = asdict(letter)
    payload, size = told.pop("payload"), told["size"]
    _print_columns([(name, _line(value)) for name, value in told.items()])
    is_cut = len(payload.encode()) < size
    _print(f"payload{' (its beginning)' if is_cut else ''}:")
    _print(_printable(payload))


def print_counts(command: str, by_queue: Mapping[str, Mapping[str, int]], *, dry_run: bool) -> None:
    """Print how many were meant, in each queue that has any."""
    would = "would be " if dry_run else ""
    done, counted = _DONE[command], [item for item in by_queue.items() if item[1]]
    if not counted:
        _print(f"nothing {would}{done}: no dead letter fits")
    for queue, reasons in counted:
        _print_reasons(f"{queue}: {sum(reasons.values())} {would}{done}", reasons)


def _print_reasons(head: str, reasons: Mapping[str, int]) -> None:
    counts = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
    _print(f"{head} ({_printable(counts)})" if counts else head)


def _row(letter: DeadLetter) -> tuple[str, ...]:
    return (
        letter.id,
        letter.queue,
        letter.name,
        letter.reason,
        str(letter.attempt),
        _time(letter.died_at),
        letter.error[:_ERROR_WIDTH],
    )


def _print_columns(rows: Iterable[Sequence[str]]) -> None:
    safe = [[_printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*safe, strict=True)]
    for row in safe:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        _print("  ".join(cells).rstrip())


def _line(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _time(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}Z"


def _printable(text: str) -> str:
    # A message may hold what moves a terminal's cursor, or worse.
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
