"""Reads the arguments of `dlq`."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.messaging.dead.cli_values import count_of, moment_before
from shared.messaging.dead.letters import Filter

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

_HELP = {
    "list": "show what there is, oldest first; changes nothing",
    "show": "show one dead letter, with the beginning of its payload",
    "replay": "put them back into their queue, from the first attempt",
    "purge": "remove them for good",
}


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is to be done, in which queues, with which dead letters."""

    command: str
    queues: tuple[str, ...]
    wanted: Filter
    dry_run: bool
    as_json: bool


def read_options(arguments: Sequence[str], queues: Sequence[str]) -> Options:
    """Return what the arguments ask for; exits with 2 and says why if that makes no sense."""
    parser = _parser(queues)
    read = parser.parse_args(arguments)
    chosen = tuple(each for each in queues if read.queue in {None, each, each.rsplit(".", 1)[-1]})
    if not chosen:
        parser.error(f"no queue {read.queue!r} here; there are: {', '.join(queues) or 'none'}")
    wanted, dry_run = _filter(read), getattr(read, "dry_run", False)
    if read.command in {"replay", "purge"} and not (dry_run or read.yes):
        if read.command == "purge":
            parser.error("purge removes for good: add --yes, or --dry-run to see what it would do")
        if wanted == Filter():
            parser.error("replay without a filter is of all: add --yes, or --dry-run to see it")
    return Options(
        command=read.command, queues=chosen, wanted=wanted, dry_run=dry_run, as_json=read.json
    )


def _parser(queues: Sequence[str]) -> ArgumentParser:
    parser = ArgumentParser(prog="python -m app dlq", description="Dead letters.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, told in _HELP.items():
        command = commands.add_parser(name, help=told, description=told)
        command.add_argument("--queue", help=f"one of: {', '.join(queues)}; all if not given")
        command.add_argument("--json", action="store_true", help="print JSON")
        if name == "show":
            command.add_argument("id")
            continue
        command.add_argument("--id")
        command.add_argument("--name", help="of the task or event")
        command.add_argument("--reason")
        command.add_argument("--older", type=moment_before, metavar="AGE", help="such as 2h, 7d")
        command.add_argument("--younger", type=moment_before, metavar="AGE")
        command.add_argument("--limit", type=count_of, help="at most so many of each queue")
        if name != "list":
            command.add_argument("--dry-run", action="store_true", help="only count")
            command.add_argument("--yes", action="store_true", help="do it")
    return parser


def _filter(read: Namespace) -> Filter:
    if read.command == "show":
        return Filter(id=read.id, limit=1)
    return Filter(
        name=read.name,
        reason=read.reason,
        id=read.id,
        before=read.older,
        after=read.younger,
        limit=read.limit,
    )
