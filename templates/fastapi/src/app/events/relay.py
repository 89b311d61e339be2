"""Handles the intents that were left: by a crash, by a broker that was away."""

import asyncio
from contextlib import suppress
from typing import Any

import structlog

from app.events.intent import Intent, Look
from app.events.intents import Intents
from shared.correlation import request_scope
from shared.errors import ServiceError, UnavailableError
from shared.messaging.contract import Envelope
from shared.messaging.publishing import Events

BATCH = 100
POLL_SECONDS = 1.0
# After it another process may try.
LEASE_SECONDS = 15

_log = structlog.stdlib.get_logger(__name__)


class Relay:
    """Runs in every process; of several, one gets each intent."""

    def __init__(self, intents: Intents, events: Events, source: str) -> None:
        self._intents, self._events, self._source = intents, events, source
        self._looks: dict[str, Look] = {}
        self._stopping = asyncio.Event()
        self.waiting = 0

    def watch(self, kind: str, look: Look) -> None:
        """Find out by `look` what became of intents of this kind."""
        self._looks[kind] = look

    def stop(self) -> None:
        """End `run` after what is in hand: a command that is cut off leaves its connection open."""
        self._stopping.set()

    async def run(self) -> None:
        """Handle what is due again and again until it is stopped; no failure ends it."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._stopping.wait()
                    return
            [failure] = await asyncio.gather(self.handle_due(), return_exceptions=True)
            self._log_failure(failure)

    async def handle_due(self) -> None:
        """Handle some of the intents that are due. Raises `UnavailableError`."""
        self.waiting, taken = await self._intents.take(BATCH, LEASE_SECONDS)
        failures = await asyncio.gather(*map(self._handle, taken), return_exceptions=True)
        for failure in failures:
            self._log_failure(failure)

    async def send(self, intent: Intent) -> None:
        """Send the event of a change that was made, and forget the intent.

        Raises `UnavailableError` when the broker does not have it.
        """
        if intent.envelope is not None:
            await self._events.relay(intent.envelope)
        # Left there, it is sent once more, as the same event.
        with suppress(UnavailableError):
            await self._intents.remove(intent)

    async def _handle(self, intent: Intent) -> None:
        # What is logged and asked meanwhile belongs to the request that made the change.
        with request_scope(intent.correlation_id):
            envelope = intent.envelope or await self._found(intent)
            await self.send(intent.model_copy(update={"envelope": envelope}))

    async def _found(self, intent: Intent) -> Envelope[Any] | None:
        event = await self._looks[intent.kind](intent)
        if event is None:
            return None
        return Envelope.of(event.data, self._source, event.event_id)

    @staticmethod
    def _log_failure(failure: BaseException | None) -> None:
        if failure is None:
            return
        expected = isinstance(failure, ServiceError)
        _log.warning("an event has to wait", exc_info=None if expected else failure)
