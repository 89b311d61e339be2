"""Publishes what stands in the outbox, in every replica at once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from time import monotonic

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge
from sqlalchemy import delete, exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.database import Database
from app.outbox.model import PendingEvent
from shared.background import BackgroundTask
from shared.errors import ServiceError
from shared.lifecycle import Resource, Resources
from shared.messaging.contract import Envelope
from shared.messaging.publishing import Events, events_resources
from shared.messaging.settings import BrokerSettings

BATCH = 100
# Who writes an event wakes the relay of the same process; this is for what others left behind.
POLL_SECONDS = 1.0
MAX_PAUSE_SECONDS = 10.0
STOP_SECONDS = 5.0
# Counting rows takes time when there are many.
MEASURE_SECONDS = 1.0
# The rows stay locked while the broker is asked; this is longer than anybody waits for it.
_LOCK_LIMIT = text("SET LOCAL idle_in_transaction_session_timeout = '60s'")

_log = structlog.stdlib.get_logger(__name__)


class OutboxSettings(BrokerSettings):
    """Where the broker is."""


class Outbox:
    """Reads and removes events that are to be published; it never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def take(self, limit: int) -> Sequence[PendingEvent]:
        """Return events that nobody else has taken, until the transaction ends.

        Of each aggregate it is the oldest one: what follows it is taken once that one is gone.
        """
        await self._session.execute(_LOCK_LIMIT)
        before = aliased(PendingEvent)
        follows = exists().where(
            before.aggregate == PendingEvent.aggregate, before.id < PendingEvent.id
        )
        statement = (
            select(PendingEvent)
            .where(~follows)
            .order_by(PendingEvent.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=PendingEvent)
        )
        return (await self._session.scalars(statement)).all()

    async def remove(self, ids: Sequence[int]) -> None:
        """Remove events that the broker has."""
        await self._session.execute(delete(PendingEvent).where(PendingEvent.id.in_(ids)))

    async def backlog(self) -> tuple[int, timedelta]:
        """Return how many events wait, and for how long the oldest one has waited."""
        age = func.clock_timestamp() - func.min(PendingEvent.created_at)
        count, waited = (await self._session.execute(select(func.count(), age))).one()
        return count, waited or timedelta()


class OutboxMetrics:
    """How much is sent and how much waits; the last two are the whole table's, in each replica."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.sent = Counter("outbox_sent", "Events that the broker has.", registry=registry)
        self._backlog = Gauge("outbox_backlog", "Events that wait.", registry=registry)
        self._age = Gauge(
            "outbox_oldest_seconds", "How long the oldest of them has waited.", registry=registry
        )
        self._measured = -MEASURE_SECONDS

    async def measure(self, database: Database) -> None:
        """Look into the table, unless that was done a moment ago."""
        if monotonic() - self._measured < MEASURE_SECONDS:
            return
        async with database.transaction() as session:
            count, waited = await Outbox(session).backlog()
        self._backlog.set(count)
        self._age.set(waited.total_seconds())
        self._measured = monotonic()


class Relay:
    """Publishes events until it is stopped; what the broker has not confirmed stays."""

    def __init__(self, database: Database, events: Events, metrics: OutboxMetrics) -> None:
        self._database, self._events, self._metrics = database, events, metrics
        self._woken, self._stopping = asyncio.Event(), asyncio.Event()
        self._pause = POLL_SECONDS

    def wake(self) -> None:
        """Have it look into the table at once."""
        self._woken.set()

    def stop(self) -> None:
        """Have it publish what was written until now, if the broker takes it, and end."""
        self._stopping.set()
        self._woken.set()

    async def run(self) -> None:
        """Publish events whenever there are some; no failure ends it."""
        while True:
            last = self._stopping.is_set()
            self._woken.clear()
            more = await self._try()
            if last and not more:
                return
            if not more:
                await self._rest()

    async def publish_some(self) -> bool:
        """Publish one batch and say whether there may be more; raises why one was not taken."""
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
        try:
            more = await self.publish_some()
            await self._metrics.measure(self._database)
        except ServiceError as error:
            _log.warning("events wait in the outbox", reason=error.detail)
        except Exception:  # noqa: BLE001 - the next events may be published nevertheless
            _log.error("events wait in the outbox", exc_info=True)
        else:
            self._pause = POLL_SECONDS
            return more
        self._pause = min(self._pause * 2, MAX_PAUSE_SECONDS)
        with suppress(ServiceError):
            await self._metrics.measure(self._database)
        return False

    async def _rest(self) -> None:
        # After a failure, more to send is no reason to try earlier.
        signal = self._woken if self._pause == POLL_SECONDS else self._stopping
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pause):
                await signal.wait()


def _envelope(row: PendingEvent) -> Envelope[object]:
    return Envelope[object].model_validate(row.envelope)


@asynccontextmanager
async def open_relay(resources: Resources) -> AsyncIterator[Relay]:
    """Publish in the background, and at the end what was written last."""
    metrics = OutboxMetrics(resources.get(CollectorRegistry))
    relay = Relay(resources.get(Database), resources.get(Events), metrics)
    running = BackgroundTask(relay.run)
    try:
        yield relay
    finally:
        relay.stop()
        await running.stop(STOP_SECONDS)


# Not pinged: while the broker is away events wait in their table, so /ready doesn't depend on it.
PUBLISHER = events_resources(OutboxSettings, optional=True)
RELAY = Resource(provides=Relay, open=open_relay, requires=(Database, Events, CollectorRegistry))
