"""Splits what is verified over machines, the same way on each of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from generator.errors import UsageError
from generator.verification.model import SHARED_SUBJECT

_FORM = re.compile(r"(\d{1,4})/(\d{1,4})")
# The library's suite takes about as long as those of so many services.
_COSTS = {SHARED_SUBJECT: 4}


@dataclass(frozen=True, kw_only=True, slots=True)
class Shard:
    """One part of so many; the first one has what is of the workspace as a whole, too."""

    number: int = 1
    count: int = 1

    @property
    def is_first(self) -> bool:
        """Whether it has the workspace's own checks."""
        return self.number == 1

    def select(self, names: Iterable[str]) -> frozenset[str]:
        """The names that are this part's: every name is in exactly one, and all take about as long.

        What takes longest is given out first, each time to the part that has least so far.
        """
        loads = [0] * self.count
        chosen: set[str] = set()
        for name in sorted(set(names), key=lambda name: (-_cost(name), name)):
            lightest = loads.index(min(loads))
            loads[lightest] += _cost(name)
            if lightest == self.number - 1:
                chosen.add(name)
        return frozenset(chosen)


def parse_shard(text: str) -> Shard:
    """The part that `I/N` names; an empty text is the one part that has everything.

    Raises:
        UsageError: for another form, or a part that is not there.
    """
    if not text:
        return Shard()
    found = _FORM.fullmatch(text)
    shard = Shard(number=int(found[1]), count=int(found[2])) if found else None
    if shard is None or not 1 <= shard.number <= shard.count:
        raise UsageError(
            f"There is no shard {text!a}.", hint="Shards are 1/4 to 4/4, as in --shard 2/4."
        )
    return shard


def _cost(name: str) -> int:
    return _COSTS.get(name, 1)
