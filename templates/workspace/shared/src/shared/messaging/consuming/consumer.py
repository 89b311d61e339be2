"""All consumers of a process, from their first message to the last."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any

import structlog

from shared.background import cancel_all
from shared.errors import UnavailableError
from shared.lifecycle import Resource, Resources
from shared.messaging.broker import QueueOptions, open_broker, requeue
from shared.messaging.consuming.processor import MessageProcessor
from shared.messaging.consuming.routes import build_routes
from shared.messaging.consuming.settling import Settler
from shared.messaging.leftovers import Topology, declared_by
from shared.messaging.metrics import MESSAGING_METRICS, MessagingMetrics
from shared.messaging.store import RedisStore, store_resource

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence

    from shared.lifecycle import Resources
    from shared.messaging.broker import Broker, Subscription
    from shared.messaging.consuming.handlers import MessageConsumer
    from shared.messaging.consuming.routes import Routes
    from shared.messaging.messages import Incoming
    from shared.messaging.settings import TaskSettings


# For a handler that has been cancelled to give up what it holds.
CANCEL_SECONDS = 2.0
UNSETTLED = "unsettled"


class InFlight:
    """Runs each message in a task of its own, which outlives the connection it came by."""

    def __init__(self, processor: MessageProcessor, queue: str, metrics: MessagingMetrics) -> None:
        self._processor, self._queue = processor, queue
        self._metrics = metrics
        self._running: set[asyncio.Task[None]] = set()
        metrics.in_flight.labels(queue).set_function(lambda: len(self._running))
        self._closed, self._cancelled = False, asyncio.Event()
        self._log = structlog.stdlib.get_logger(__name__)

    async def start(self, message: Incoming) -> None:
        """Begin to handle a message."""
        if self._closed:
            # Given back at once it would come again and again: each time counts as a delivery.
            await self._cancelled.wait()
            await requeue(message)
            return
        self._running.add(asyncio.create_task(self._run(message)))

    async def drain(self, cancel: Callable[[], Awaitable[None]]) -> None:
        """Begin nothing more, and give back what comes until the broker knows by `cancel`."""
        self._closed = True
        await cancel()
        self._cancelled.set()

    async def finish(self, seconds: float) -> None:
        """Wait for what is in flight, and after so many seconds return the rest."""
        if not self._running:
            return
        _, late = await asyncio.wait(set(self._running), timeout=max(0.0, seconds))
        if not late:
            return
        self._processor.interrupt_all()
        _, stuck = await asyncio.wait(late, timeout=CANCEL_SECONDS)
        await cancel_all(stuck)

    async def _run(self, message: Incoming) -> None:
        started, name, outcome = perf_counter(), "", UNSETTLED
        try:
            name, outcome = await self._processor.run(message)
        except Exception:  # noqa: BLE001 - nobody awaits this task; the message comes again
            self._log.exception("a message could not be settled")
            await requeue(message)
        finally:
            self._running -= {asyncio.current_task()}
        self._metrics.seconds(self._queue, name, outcome).observe(perf_counter() - started)


@dataclass(frozen=True)
class _Consumed:
    queue: str
    in_flight: InFlight
    subscription: Subscription


class Consuming:
    """Consumes until it is drained; then what is in flight is finished or returned."""

    def __init__(self, settings: TaskSettings, broker: Broker, store: RedisStore) -> None:
        self._settings, self._broker, self._store = settings, broker, store
        self._consumed: list[_Consumed] = []
        self._drained_at: float | None = None

    async def start(
        self, consumers: Sequence[MessageConsumer], resources: Resources, metrics: MessagingMetrics
    ) -> None:
        """Declare the queues and begin to take from them."""
        await self._remember(consumers)
        for consumer in consumers:
            routes = build_routes(consumer, self._settings.service_name)
            processor = self._processor_of(routes, resources)
            in_flight = InFlight(processor, routes.queue, metrics)
            events = tuple(routes.by_name) if routes.is_events else ()
            wanted = QueueOptions(
                queue=routes.queue, events=events, concurrency=consumer.concurrency
            )
            subscription = await self._broker.subscribe(wanted, in_flight.start)
            self._consumed.append(_Consumed(routes.queue, in_flight, subscription))

    def _processor_of(self, routes: Routes, resources: Resources) -> MessageProcessor:
        unknown_seconds = self._settings.unknown_message_seconds
        settler = Settler(routes, self._broker, self._store, resources, unknown_seconds)
        return MessageProcessor(routes, self._store, settler, resources)

    async def _remember(self, consumers: Sequence[MessageConsumer]) -> None:
        # Before anything is declared, so that nothing can be left over that nobody knows of.
        names, service = self._settings.names, self._settings.service_name
        declared = declared_by(consumers, service)
        topology = Topology(broker=self._broker, names=names, service=service, declared=declared)
        await topology.remember()

    async def ping(self) -> None:
        """Raise UnavailableError unless every queue has this consumer, and the store answers."""
        await self._broker.ping()
        await self._store.ping()
        await asyncio.gather(*(self._check(each) for each in self._consumed))

    async def drain(self) -> None:
        """Take no more messages."""
        if self._drained_at is None:
            self._drained_at = monotonic()
            await asyncio.gather(
                *(each.in_flight.drain(each.subscription.cancel) for each in self._consumed)
            )

    async def close(self) -> None:
        """Wait for what is in flight until the grace time is over, and return the rest."""
        drained_before = self._drained_at is not None
        await self.drain()
        given: float = self._settings.shutdown_grace_seconds
        if drained_before and self._drained_at is not None:
            # Requests in flight had the same time, so some of it may be gone.
            given += self._settings.drain_seconds - (monotonic() - self._drained_at)
        await asyncio.gather(*(each.in_flight.finish(given) for each in self._consumed))

    async def _check(self, consumed: _Consumed) -> None:
        depth = await self._broker.depth(consumed.queue)
        if not consumed.subscription.is_active or depth is None or depth.consumers == 0:
            raise UnavailableError(f"{consumed.queue} is not consumed")


def consuming_resources(
    consumers: Iterable[MessageConsumer],
    settings: type[TaskSettings],
    requires: tuple[type, ...] = (),
) -> tuple[Resource[Any], ...]:
    """Return all consumers of a service and what they need; handlers get what `requires` names.

    They have a connection to the broker of their own, so that what is published never waits for
    what is consumed; the store is the process's. Opening raises CompositionError when handlers do
    not fit, UnavailableError when broker or store are away. SIGTERM stops the taking at once; what
    is in flight then has SHUTDOWN_GRACE_SECONDS.
    """
    chosen = tuple(consumers)

    @asynccontextmanager
    async def opened(resources: Resources) -> AsyncIterator[Consuming]:
        given, metrics = resources.get(settings), resources.get(MessagingMetrics)
        async with open_broker(given) as broker:
            consuming = Consuming(given, broker, resources.get(RedisStore))
            try:
                await consuming.start(chosen, resources, metrics)
                yield consuming
            finally:
                await consuming.close()

    consuming = Resource(
        provides=Consuming,
        open=opened,
        requires=(settings, MessagingMetrics, RedisStore, *requires),
        ping=Consuming.ping,
        drain=Consuming.drain,
    )
    return MESSAGING_METRICS, store_resource(settings), consuming
