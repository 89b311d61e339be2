"""All consumers of a process, from their first message to the last."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from shared.errors import UnavailableError
from shared.messaging.broker import Wanted
from shared.messaging.consuming.hand import Hand
from shared.messaging.consuming.routes import routes_of
from shared.messaging.consuming.runners import runner_of
from shared.messaging.leftovers import Topology, declared_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.lifecycle import Resources
    from shared.messaging.broker import Broker, Subscription
    from shared.messaging.consuming.handlers import Consumer
    from shared.messaging.metrics import MessagingMetrics
    from shared.messaging.ports import Store
    from shared.messaging.settings import BrokerSettings


@dataclass(frozen=True)
class _Taking:
    queue: str
    hand: Hand
    subscription: Subscription


class Consuming:
    """Consumes until it is drained; then what is in hand is finished or returned."""

    def __init__(self, settings: BrokerSettings, broker: Broker, store: Store) -> None:
        self._settings, self._broker, self._store = settings, broker, store
        self._taking: list[_Taking] = []
        self._drained_at: float | None = None

    async def start(
        self, consumers: Sequence[Consumer], resources: Resources, metrics: MessagingMetrics
    ) -> None:
        """Declare the queues and begin to take from them."""
        await self._remember(consumers)
        for consumer in consumers:
            routes = routes_of(consumer, self._settings.service_name)
            runner = runner_of(routes, self._broker, self._store, resources)
            hand = Hand(runner, routes.queue, metrics)
            events = tuple(routes.by_name) if routes.is_events else ()
            wanted = Wanted(queue=routes.queue, events=events, concurrency=consumer.concurrency)
            subscription = await self._broker.subscribe(wanted, hand.take)
            self._taking.append(_Taking(routes.queue, hand, subscription))

    async def _remember(self, consumers: Sequence[Consumer]) -> None:
        # Before anything is declared, so that nothing can be left over that nobody knows of.
        names, service = self._settings.names, self._settings.service_name
        declared = declared_by(consumers, service)
        topology = Topology(broker=self._broker, names=names, service=service, declared=declared)
        await topology.remember()

    async def ping(self) -> None:
        """Raise UnavailableError unless every queue has this consumer, and the store answers."""
        await self._broker.ping()
        await self._store.ping()
        await asyncio.gather(*(self._check(each) for each in self._taking))

    async def drain(self) -> None:
        """Take no more messages."""
        if self._drained_at is None:
            self._drained_at = monotonic()
            await asyncio.gather(
                *(each.hand.drain(each.subscription.cancel) for each in self._taking)
            )

    async def close(self) -> None:
        """Wait for what is in hand until the grace time is over, and return the rest."""
        drained_before = self._drained_at is not None
        await self.drain()
        given: float = self._settings.shutdown_grace_seconds
        if drained_before and self._drained_at is not None:
            # Requests in flight had the same time, so some of it may be gone.
            given += self._settings.drain_seconds - (monotonic() - self._drained_at)
        await asyncio.gather(*(each.hand.finish(given) for each in self._taking))

    async def _check(self, taking: _Taking) -> None:
        depth = await self._broker.depth(taking.queue)
        if not taking.subscription.is_active or depth is None or depth.consumers == 0:
            message = f"{taking.queue} is not consumed"
            raise UnavailableError(message)
