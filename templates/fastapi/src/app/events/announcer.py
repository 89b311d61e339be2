"""Makes changes and publishes their events, without letting callers wait for the broker."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from http import HTTPStatus
from typing import Any, TypeVar

import structlog

from app.events.intent import DomainEvent, Intent, Look
from app.events.intents import Intents
from app.events.relay import Relay
from shared.background import cancel_all
from shared.errors import ServiceError, UnavailableError
from shared.messaging.contract import Envelope
from shared.messaging.publishing import Events

T = TypeVar("T")

# Longer than anybody waits for the broker: what it did not take then stands in Redis.
STOP_SECONDS = 8.0
PAUSE_SECONDS = 1.0

_log = structlog.stdlib.get_logger(__name__)


class Announcer:
    """An intent is kept before a change is made and removed once the broker has its event.

    Whatever happens in between, the relay of some process finds it and sees to it. While Redis is
    away changes are made without: then a crash loses their events.
    """

    def __init__(self, intents: Intents, events: Events, source: str, grace_seconds: int) -> None:
        self._intents, self._events, self._source = intents, events, source
        self._grace_seconds = grace_seconds
        self._sending: set[asyncio.Task[None]] = set()
        self.relay = Relay(intents, events, source)

    def watch(self, kind: str, look: Look) -> None:
        """Have the relay find out by `look` what became of intents of this kind."""
        self.relay.watch(kind, look)

    async def announce(
        self, intent: Intent, make: Callable[[], Awaitable[T]], to_event: Callable[[T], DomainEvent]
    ) -> T:
        """Return what `make` gives, and publish its event; raises what `make` raises."""
        try:
            await self._intents.record(intent, self._grace_seconds)
        except UnavailableError:
            _log.warning("a change is made whose event would be lost by a crash")
        try:
            made = await make()
        except ServiceError as error:
            # After another error it may have been made nonetheless: the relay will look.
            if error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                self._begin(self._forget(intent))
            raise
        event = to_event(made)
        envelope = Envelope.of(event.data, self._source, event.event_id)
        self._begin(self._deliver(intent.model_copy(update={"envelope": envelope})))
        return made

    async def close(self) -> None:
        """Wait a moment for what is being sent; the relay of the next process sends the rest."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=STOP_SECONDS)
        await cancel_all(tuple(self._sending))

    async def _deliver(self, intent: Intent) -> None:
        while True:
            with suppress(UnavailableError):
                await self.relay.send(intent)
                return
            with suppress(UnavailableError):
                await self._intents.record(intent, 0)
                return
            # Neither broker nor Redis: nobody else knows of it.
            await asyncio.sleep(PAUSE_SECONDS)

    async def _forget(self, intent: Intent) -> None:
        with suppress(UnavailableError):
            await self._intents.remove(intent)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
