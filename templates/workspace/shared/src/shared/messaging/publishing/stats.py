"""Reads how queues are doing, from the broker and the store together."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING

from shared.messaging.status import Counters, QueueStats
from shared.messaging.topology import dead_queue, task_queue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.messaging.broker import Broker
    from shared.messaging.ports import Stats


class QueueReader:
    """Reads the stats of queues of tasks."""

    def __init__(self, broker: Broker, stats: Stats) -> None:
        self._broker, self._stats = broker, stats

    async def read(self, queues: Iterable[str]) -> dict[str, QueueStats]:
        """Return the stats of each queue, by the name that tasks have it by.

        Raises UnavailableError when the broker or the store does not answer.
        """
        names = {queue: task_queue(queue) for queue in queues}
        counters = await self._stats.counters(names.values())
        read = [self._one(name, counters.get(name, Counters())) for name in names.values()]
        return dict(zip(names, await asyncio.gather(*read), strict=True))

    async def _one(self, name: str, counters: Counters) -> QueueStats:
        ready, dead = await asyncio.gather(self._ready(name), self._ready(dead_queue(name)))
        return QueueStats(**asdict(counters), ready=ready, dead=dead)

    async def _ready(self, name: str) -> int:
        depth = await self._broker.depth(name)
        return 0 if depth is None else depth.ready
