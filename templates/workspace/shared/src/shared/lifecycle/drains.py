"""Has resources take no new work while a process stops."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.lifecycle.resources import Resource, Resources


class Drains:
    """Drains resources in the background, all at once, each of them once."""

    def __init__(self, order: Sequence[Resource[Any]]) -> None:
        self._drained = [resource for resource in order if resource.drain is not None]
        self._running: list[asyncio.Task[None]] = []
        self._log = structlog.stdlib.get_logger(__name__)

    def start(self, resources: Resources) -> None:
        """Begin to drain those that are open; there must be a running loop if there are any."""
        if self._running:
            return
        opened = [each for each in self._drained if resources.has(each.provides)]
        self._running = [asyncio.create_task(each.empty(resources)) for each in opened]

    async def finish(self) -> None:
        """Wait until all are drained; what goes wrong is logged."""
        running, self._running = self._running, []
        # One that cannot be drained is closed like the others: that must not keep the process.
        for outcome in await asyncio.gather(*running, return_exceptions=True):
            if outcome is not None:
                self._log.error("could not be drained", exc_info=outcome)
