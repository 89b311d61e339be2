"""The commands on dead letters: `dlq list`, `show`, `replay` and `purge`."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NoReturn, TypedDict

import click

from shared.messaging.commands.common import (
    NOTHING,
    Operated,
    as_json,
    exit_when_unavailable,
    print_json,
    print_table,
    printable,
)
from shared.messaging.dead import DeadLetters, Filter, open_dead_letters
from shared.messaging.dead.queues import MOST
from shared.messaging.store import open_store
from shared.messaging.topology import UNROUTED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Unpack

    from shared.messaging.dead import DeadLetter, Found

PAGE = 100
_MOST_NUMBER = 9_999_999
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_HEADINGS = ("ID", "QUEUE", "NAME", "REASON", "ATTEMPT", "DIED", "ERROR")
_ERROR_WIDTH = 60
_DONE = {"replay": "replayed", "purge": "purged"}


class _Where(TypedDict):
    queue: str | None
    scan: int
    as_json: bool


class _Which(_Where):
    id: str | None
    name: str | None
    reason: str | None
    older: datetime | None
    younger: datetime | None
    limit: int | None


class _Act(_Which):
    dry_run: bool
    yes: bool


class _Age(click.ParamType[datetime]):
    """A time that was so long ago: 30s, 10m, 2h or 7d."""

    name = "age"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        found = re.fullmatch(r"([0-9]{1,5})([smhd])", str(value))
        if found is None:
            self.fail(f"{value!r} is not an age such as 30s, 10m, 2h or 7d", param, ctx)
        return datetime.now(UTC) - timedelta(**{_UNITS[found[2]]: int(found[1])})


_COUNT = click.IntRange(1, _MOST_NUMBER)
_WHERE = (
    click.option(
        "--queue",
        help=f"Only this one, such as tasks.media or media, or {UNROUTED}: what waited in vain.",
    ),
    click.option(
        "--scan",
        type=_COUNT,
        default=MOST,
        show_default=True,
        help="How many of each queue are held at most while those that fit are looked for.",
    ),
    as_json,
)
_WHICH = (
    click.option("--id"),
    click.option("--name", help="Of the task or event."),
    click.option("--reason"),
    click.option("--older", type=_Age(), help="Died at least so long ago, such as 2h or 7d."),
    click.option("--younger", type=_Age(), help="Died since then."),
)
_ACT = (
    click.option("--limit", type=_COUNT, help="At most so many of each queue, the oldest first."),
    click.option("--dry-run", is_flag=True, help="Only count."),
    click.option("--yes", is_flag=True, help="Do it."),
)


def _options(*options: Callable[..., Callable[..., None]]) -> Callable[..., Callable[..., None]]:
    def add(function: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            function = option(function)
        return function

    return add


@click.group()
def dlq() -> None:
    """Dead letters: messages that were given up, of the queues that this service consumes."""


@dlq.command(name="list")
@click.option(
    "--limit", type=_COUNT, default=PAGE, show_default=True, help="At most so many of each queue."
)
@_options(*_WHICH, *_WHERE)
@click.pass_obj
def list_letters(operated: Operated, **given: Unpack[_Which]) -> None:
    """Show what there is, the oldest first; changes nothing."""
    found = _in_each_queue(operated, given, partial(DeadLetters.list, wanted=_filter(given)))
    letters = [letter for each in found.values() for letter in each.letters]
    reasons = Counter(letter.reason for letter in letters)
    there = sum(each.there for each in found.values())
    if given["as_json"]:
        print_json("list", letters=letters, by_reason=reasons, there=there)
        return
    if letters:
        print_table([_HEADINGS, *map(_row, letters)])
        click.echo()
    more = f" of {there}" if there > len(letters) else ""
    click.echo(f"{len(letters)}{more} dead letters{_counts(reasons)}")


@dlq.command()
@click.argument("letter_id", metavar="ID")
@_options(*_WHERE)
@click.pass_obj
def show(operated: Operated, letter_id: str, **given: Unpack[_Where]) -> None:
    """Show one dead letter, with the beginning of its payload."""
    wanted = Filter(id=letter_id, limit=1)
    found = _in_each_queue(operated, given, partial(DeadLetters.list, wanted=wanted))
    letter = next((letter for each in found.values() for letter in each.letters), None)
    if letter is None:
        _end_with_nothing("show", as_json=given["as_json"])
    if given["as_json"]:
        print_json("show", letter=letter)
    else:
        _print_letter(letter)


@dlq.command()
@_options(*_WHICH, *_ACT, *_WHERE)
@click.pass_obj
def replay(operated: Operated, **given: Unpack[_Act]) -> None:
    """Put them back into their queue, from the first attempt."""
    if _filter(given) == Filter() and not (given["dry_run"] or given["yes"]):
        text = "replay without a filter is of all: add --yes, or --dry-run to see it"
        raise click.UsageError(text)
    _act(operated, "replay", DeadLetters.replay, given)


@dlq.command()
@_options(*_WHICH, *_ACT, *_WHERE)
@click.pass_obj
def purge(operated: Operated, **given: Unpack[_Act]) -> None:
    """Remove them for good."""
    if not (given["dry_run"] or given["yes"]):
        text = "purge removes for good: add --yes, or --dry-run to see what it would do"
        raise click.UsageError(text)
    _act(operated, "purge", DeadLetters.purge, given)


def _act(
    operated: Operated, command: str, act: Callable[..., Awaitable[Found]], given: _Act
) -> None:
    dry_run = given["dry_run"]
    found = _in_each_queue(operated, given, partial(act, wanted=_filter(given), dry_run=dry_run))
    matched = sum(each.by_reason.total() for each in found.values())
    if given["id"] is not None and not matched:
        _end_with_nothing(command, as_json=given["as_json"])
    by_queue = {queue: each.by_reason for queue, each in found.items()}
    if given["as_json"]:
        print_json(command, dry_run=dry_run, matched=matched, by_queue=by_queue)
        return
    done = f"would be {_DONE[command]}" if dry_run else _DONE[command]
    if not matched:
        click.echo(f"nothing {done}: no dead letter fits")
    for queue, reasons in by_queue.items():
        if reasons:
            click.echo(f"{queue}: {reasons.total()} {done}{_counts(reasons)}")


def _in_each_queue(
    operated: Operated, given: _Where, act: Callable[..., Awaitable[Found]]
) -> dict[str, Found]:
    """Do it in each queue that is meant, and say on stderr where more could be."""
    settings = operated.settings()
    queues, asked = operated.queues(settings), given["queue"]
    chosen = [each for each in queues if asked in {None, each, each.rsplit(".", 1)[-1]}]
    if asked == UNROUTED:
        chosen = [UNROUTED]
    if not chosen:
        text = f"no queue {asked!r} here; there are: {', '.join(queues) or 'none'}"
        raise click.UsageError(text)

    async def run() -> dict[str, Found]:
        async with open_store(settings) as store, open_dead_letters(settings, store) as dead:
            return {queue: await act(dead, queue, most=given["scan"]) for queue in chosen}

    with exit_when_unavailable("dlq"):
        found = asyncio.run(run())
    for queue, each in found.items():
        if not each.complete:
            text = f"dlq: {queue}: looked at {each.looked_at} of {each.there}; --scan looks further"
            click.echo(text, err=True)
    return found


def _end_with_nothing(command: str, *, as_json: bool) -> NoReturn:
    if as_json:
        print_json(command, matched=0)
    else:
        click.echo("no dead letter has this id")
    raise click.exceptions.Exit(NOTHING)


def _filter(given: _Which) -> Filter:
    return Filter(
        name=given["name"],
        reason=given["reason"],
        id=given["id"],
        before=given["older"],
        after=given["younger"],
        limit=given["limit"],
    )


def _row(letter: DeadLetter) -> tuple[str, ...]:
    died = "-" if letter.died_at is None else f"{letter.died_at:%Y-%m-%d %H:%M:%S}Z"
    error = letter.error[:_ERROR_WIDTH]
    attempt = str(letter.attempt)
    return (letter.id, letter.queue, letter.name, letter.reason, attempt, died, error)


def _print_letter(letter: DeadLetter) -> None:
    fields = asdict(letter)
    payload = fields.pop("payload")
    print_table([(name, _line(value)) for name, value in fields.items()])
    is_cut = len(payload.encode()) < letter.size
    click.echo(f"payload{' (its beginning)' if is_cut else ''}:")
    click.echo(printable(payload))


def _line(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _counts(reasons: Mapping[str, int]) -> str:
    counts = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
    return f" ({printable(counts)})" if counts else ""
