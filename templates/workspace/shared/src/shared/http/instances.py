"""Remembers how each instance of a service is doing and chooses between them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from shared.http.directory import Directory
    from shared.http.resolving import Address
    from shared.http.target_metrics import TargetMetrics

FAILURES_TO_EJECT = 3
MAX_EJECT_SECONDS = 30.0


@dataclass(eq=False)
class Instance:
    """One address and what is known of it."""

    address: Address
    in_flight: int = 0
    failures: int = 0
    ejections: int = 0
    ejected_until: float = 0.0

    def __str__(self) -> str:
        return "{}:{}".format(*self.address)

    def rank(self, now: float, tried: Collection[Instance]) -> tuple[bool, bool]:
        """Return what to sort by: who works before who is ejected, new ones before tried ones."""
        return self.ejected_until > now, self in tried


class Instances:
    """All instances behind one name."""

    def __init__(
        self, directory: Directory, *, eject_seconds: float, metrics: TargetMetrics
    ) -> None:
        self._directory = directory
        self._eject_seconds = eject_seconds
        self._metrics = metrics
        self._all: dict[Address, Instance] = {}

    async def line_up(self, tried: Collection[Instance]) -> list[Instance]:
        """Return whom to ask, best first; raises OSError when the name is not known.

        First is the less busy of two that work and were not tried yet. Ejected ones are last, but
        there: where nobody else is left, any of them is better than none.
        """
        now = monotonic()
        ranked = _shuffled(await self._current())
        ranked.sort(key=lambda each: each.rank(now, tried))
        best = [each for each in ranked if each.rank(now, tried) == ranked[0].rank(now, tried)]
        first = min(best[:2], key=lambda each: each.in_flight)
        if first.ejections:
            # Its time is over, so this request finds out how it is; the others keep away.
            first.ejected_until = now + self._eject_seconds
        return [first, *(each for each in ranked if each is not first)]

    def worked(self, instance: Instance) -> None:
        """Take note of an answer."""
        instance.failures = 0
        if instance.ejections:
            instance.ejections, instance.ejected_until = 0, 0.0
            self._metrics.ejected(instance, ejected=False)

    def failed(self, instance: Instance, *, unreachable: bool) -> None:
        """Take note of a failure: eject who cannot be reached, or failed often in a row."""
        instance.failures += 1
        if unreachable:
            self._directory.expire()
        if unreachable or instance.failures >= FAILURES_TO_EJECT:
            longer = min(self._eject_seconds * 2**instance.ejections, MAX_EJECT_SECONDS)
            instance.ejections += 1
            instance.ejected_until = monotonic() + longer
            self._metrics.ejected(instance, ejected=True)

    async def _current(self) -> list[Instance]:
        addresses = await self._directory.addresses()
        if tuple(self._all) != addresses:
            for gone in self._all.keys() - set(addresses):
                self._metrics.gone(self._all[gone])
            self._all = {each: self._all.get(each) or Instance(each) for each in addresses}
        return list(self._all.values())


def _shuffled(instances: list[Instance]) -> list[Instance]:
    return random.sample(instances, len(instances))
