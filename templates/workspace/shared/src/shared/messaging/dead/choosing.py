"""Chooses among the dead letters that are held, and counts them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.messaging.dead.reading import letter_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.messaging.dead.held import Held
    from shared.messaging.dead.letters import DeadLetter, Filter
    from shared.messaging.dead.taken import Taken


@dataclass(kw_only=True)
class Counts:
    """How many were meant, by reason, and whether anything was done about them."""

    dry_run: bool
    by_reason: Counter[str] = field(default_factory=Counter)

    @property
    def matched(self) -> int:
        """How many were meant."""
        return self.by_reason.total()


async def chosen(held: Held, queue: str, wanted: Filter) -> AsyncIterator[tuple[Taken, DeadLetter]]:
    """Yield those that are meant, the oldest first."""
    left = held.there if wanted.limit is None else wanted.limit
    if left <= 0:
        return
    async for taken in held.each():
        letter = letter_of(taken, queue)
        if wanted.fits(letter):
            yield taken, letter
            left -= 1
            if left == 0:
                return
