"""Chooses among the dead letters that are held, and counts them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.messaging.dead.reading import letter_of

if TYPE_CHECKING:
    from shared.messaging.dead.held import Held
    from shared.messaging.dead.letters import DeadLetter, Filter
    from shared.messaging.dead.taken import Taken


_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(kw_only=True)
class Counts:
    """How many were meant, by reason, and whether anything was done about them."""

    dry_run: bool
    by_reason: Counter[str] = field(default_factory=Counter)

    @property
    def matched(self) -> int:
        """How many were meant."""
        return self.by_reason.total()


async def chosen(held: Held, queue: str, wanted: Filter) -> list[tuple[Taken, DeadLetter]]:
    """Return those that are meant, the oldest first.

    All are looked at, and put in order here: the broker may return what was looked at before in
    any order.
    """
    seen = [(taken, letter_of(taken, queue)) async for taken in held.each()]
    fitting = [(taken, letter) for taken, letter in seen if wanted.fits(letter)]
    fitting.sort(key=lambda each: (each[1].died_at or _NEVER, each[1].id))
    return fitting[: wanted.limit]
