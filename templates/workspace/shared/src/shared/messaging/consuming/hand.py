"""What a consumer has in hand: taken from the queue and not yet settled."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING

import structlog

from shared.background import cancel_all
from shared.messaging.broker import give_back
from shared.messaging.consuming.attempt import Attempt

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.messaging.consuming.runner import Runner
    from shared.messaging.incoming import Incoming
    from shared.messaging.metrics import MessagingMetrics

# For a handler that has been cancelled to give up what it holds.
CANCEL_SECONDS = 2.0
UNSETTLED = "unsettled"


class Hand:
    """Runs each message in a task of its own, which outlives the connection it came by."""

    def __init__(self, runner: Runner, queue: str, metrics: MessagingMetrics) -> None:
        self._runner, self._queue = runner, queue
        self._metrics = metrics
        self._running: set[asyncio.Task[None]] = set()
        metrics.in_hand.labels(queue).set_function(lambda: len(self._running))
        self._closed, self._cancelled = False, asyncio.Event()
        self._log = structlog.stdlib.get_logger(__name__)

    async def take(self, message: Incoming) -> None:
        """Begin to handle a message."""
        if self._closed:
            # Given back at once it would come again and again: each time counts as a delivery.
            await self._cancelled.wait()
            await give_back(message)
            return
        self._running.add(asyncio.create_task(self._run(message)))

    async def drain(self, cancel: Callable[[], Awaitable[None]]) -> None:
        """Begin nothing more, and give back what comes until the broker knows by `cancel`."""
        self._closed = True
        await cancel()
        self._cancelled.set()

    async def finish(self, seconds: float) -> None:
        """Wait for what is in hand, and after so many seconds return the rest."""
        if not self._running:
            return
        _, late = await asyncio.wait(set(self._running), timeout=max(0.0, seconds))
        if not late:
            return
        self._runner.stop()
        _, stuck = await asyncio.wait(late, timeout=CANCEL_SECONDS)
        await cancel_all(stuck)

    async def _run(self, message: Incoming) -> None:
        started, name, outcome = perf_counter(), "", UNSETTLED
        try:
            with Attempt() as attempt:
                name, outcome = await self._runner.run(message)
            if attempt.error is not None:
                self._log.error("a message could not be settled", exc_info=attempt.error)
                await give_back(message)
        finally:
            self._running -= {asyncio.current_task()}
        self._metrics.seconds(self._queue, name, outcome).observe(perf_counter() - started)
