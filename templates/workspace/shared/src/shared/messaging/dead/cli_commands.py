"""What each command of `dlq` does and prints; each returns its exit code."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from shared.messaging.dead.cli_output import print_counts, print_json, print_letter, print_letters

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.messaging.dead.choosing import Counts
    from shared.messaging.dead.cli_options import Options
    from shared.messaging.dead.letters import DeadLetter
    from shared.messaging.dead.operating import DeadLetters

    Command = Callable[[DeadLetters, Options], Awaitable[int]]

DONE, NOTHING = 0, 1


async def _list(dead: DeadLetters, options: Options) -> int:
    found: list[DeadLetter] = []
    for queue in options.queues:
        found += await dead.list(queue, options.wanted)
    reasons = Counter(each.reason for each in found)
    if options.as_json:
        print_json("list", letters=found, by_reason=reasons)
    else:
        print_letters(found, reasons)
    return DONE


async def _show(dead: DeadLetters, options: Options) -> int:
    for queue in options.queues:
        letter = await dead.show(queue, options.wanted.id or "")
        if letter is None:
            continue
        if options.as_json:
            print_json("show", letter=letter)
        else:
            print_letter(letter)
        return DONE
    return _nothing(options)


async def _replay(dead: DeadLetters, options: Options) -> int:
    return await _act(dead.replay, options)


async def _purge(dead: DeadLetters, options: Options) -> int:
    return await _act(dead.purge, options)


async def _act(act: Callable[..., Awaitable[Counts]], options: Options) -> int:
    reasons: dict[str, Counter[str]] = {}
    for queue in options.queues:
        counts = await act(queue, options.wanted, dry_run=options.dry_run)
        reasons[queue] = counts.by_reason
    matched = sum(each.total() for each in reasons.values())
    if options.wanted.id is not None and not matched:
        return _nothing(options)
    if options.as_json:
        print_json(options.command, dry_run=options.dry_run, matched=matched, by_queue=reasons)
    else:
        print_counts(options.command, reasons, dry_run=options.dry_run)
    return DONE


def _nothing(options: Options) -> int:
    if options.as_json:
        print_json(options.command, matched=0)
    else:
        print_counts(options.command, {}, dry_run=options.dry_run)
    return NOTHING


COMMANDS: dict[str, Command] = {
    "list": _list,
    "show": _show,
    "replay": _replay,
    "purge": _purge,
}
