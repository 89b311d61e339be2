"""Sends what stands in the outbox, in every replica at once."""

import asyncio
from contextlib import suppress

import structlog

from app.database import Database
from app.outbox.metrics import OutboxMetrics
from app.outbox.model import Pending
from app.outbox.repository import Outbox
from shared.errors import ServiceError
from shared.messaging.contract import Envelope
from shared.messaging.publishing import Events

BATCH = 100
# Who writes an event wakes the relay of the same process; this is for what others left behind.
POLL_SECONDS = 1.0
MAX_PAUSE_SECONDS = 10.0

_log = structlog.stdlib.get_logger(__name__)


class Relay:
    """Sends events until it is stopped; what the broker has not confirmed stays in the table."""

    def __init__(self, database: Database, events: Events, metrics: OutboxMetrics) -> None:
        self._database, self._events, self._metrics = database, events, metrics
        self._woken, self._stopping = asyncio.Event(), asyncio.Event()
        self._pause = POLL_SECONDS

    def wake(self) -> None:
        """Have it look into the table at once."""
        self._woken.set()

    def stop(self) -> None:
        """Have it send what was written until now, if the broker takes it, and end."""
        self._stopping.set()
        self._woken.set()

    async def run(self) -> None:
        """Send events whenever there are some; no failure ends it."""
        while True:
            last = self._stopping.is_set()
            self._woken.clear()
            more = await self._try()
            if last and not more:
                return
            if not more:
                await self._rest()

    async def send_some(self) -> bool:
        """Send one batch and say whether there may be more; raises why one was not sent."""
        async with self._database.transaction() as session:
            outbox = Outbox(session)
            taken = await outbox.take(BATCH)
            if not taken:
                return False
            sending = (self._events.relay(_envelope(row)) for row in taken)
            outcomes = await asyncio.gather(*sending, return_exceptions=True)
            pairs = zip(taken, outcomes, strict=True)
            sent = [row.id for row, outcome in pairs if outcome is None]
            await outbox.remove(sent)
        self._metrics.sent.inc(len(sent))
        for outcome in outcomes:
            if outcome is not None:
                raise outcome
        return True

    async def _try(self) -> bool:
        [outcome] = await asyncio.gather(self._round(), return_exceptions=True)
        if isinstance(outcome, bool):
            self._pause = POLL_SECONDS
            return outcome
        expected = isinstance(outcome, ServiceError)
        _log.warning("events wait in the outbox", exc_info=None if expected else outcome)
        self._pause = min(self._pause * 2, MAX_PAUSE_SECONDS)
        return False

    async def _round(self) -> bool:
        try:
            return await self.send_some()
        finally:
            await self._metrics.measure(self._database)

    async def _rest(self) -> None:
        # After a failure, more to send is no reason to try earlier.
        signal = self._woken if self._pause == POLL_SECONDS else self._stopping
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pause):
                await signal.wait()


def _envelope(row: Pending) -> Envelope[object]:
    return Envelope[object].model_validate(row.envelope)
