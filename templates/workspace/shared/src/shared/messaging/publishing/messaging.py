"""All that a service does with messages but for consuming them."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from opentelemetry import propagate

from shared.lifecycle import Resource, Resources
from shared.messaging import headers
from shared.messaging.broker import Broker, open_broker
from shared.messaging.contract import Envelope
from shared.messaging.messages import Outgoing
from shared.messaging.metrics import MESSAGING_METRICS, MessagingMetrics
from shared.messaging.publishing.tasks import Tasks, TaskSender
from shared.messaging.status import Counters, QueueStats
from shared.messaging.store import RedisStore, store_resource
from shared.messaging.topology import dead_queue, task_queue

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from shared.messaging.contract import EventData
    from shared.messaging.settings import BrokerSettings, TaskSettings


class Events:
    """Publishes events; returns once the broker has them.

    Both methods raise UnavailableError when the broker is away for more than a few seconds.
    """

    def __init__(self, broker: Broker, service: str, metrics: MessagingMetrics) -> None:
        self._broker, self._service, self._metrics = broker, service, metrics

    async def publish(self, event: EventData, event_id: UUID | None = None) -> UUID:
        """Tell it to every queue bound to its type, and return its id.

        Whoever gets two events of the same id handles one of them.
        """
        envelope = Envelope.of(event, self._service, event_id)
        await self.relay(envelope)
        return envelope.id

    async def relay(self, envelope: Envelope[Any]) -> None:
        """Publish an envelope that was made earlier, as it is."""
        carried = {
            headers.EVENT: envelope.type,
            headers.ATTEMPT: 1,
            headers.ORIGIN: envelope.source,
        }
        propagate.inject(carried)
        outgoing = Outgoing(
            id=str(envelope.id),
            body=envelope.model_dump_json().encode(),
            correlation_id=envelope.correlation_id,
            headers=carried,
            time=envelope.time,
        )
        await self._broker.publish_event(outgoing, envelope.type)
        self._metrics.published.labels("event", envelope.type).inc()

    async def ping(self) -> None:
        """Raise UnavailableError unless the broker is connected."""
        await self._broker.ping()


class QueueReader:
    """Reads the stats of queues of tasks."""

    def __init__(self, broker: Broker, store: RedisStore) -> None:
        self._broker, self._store = broker, store

    async def read(self, queues: Iterable[str]) -> dict[str, QueueStats]:
        """Return the stats of each queue, by the name that tasks have it by.

        Raises UnavailableError when the broker or the store does not answer.
        """
        names = {queue: task_queue(queue) for queue in queues}
        counters = await self._store.counters(names.values())
        read = [self._one(name, counters.get(name, Counters())) for name in names.values()]
        return dict(zip(names, await asyncio.gather(*read), strict=True))

    async def _one(self, name: str, counters: Counters) -> QueueStats:
        ready, dead = await asyncio.gather(self._ready(name), self._ready(dead_queue(name)))
        return QueueStats(**asdict(counters), ready=ready, dead=dead)

    async def _ready(self, name: str) -> int:
        depth = await self._broker.depth(name)
        return 0 if depth is None else depth.ready


class Messaging:
    """Tasks, events, and what has become of tasks."""

    def __init__(
        self, broker: Broker, store: RedisStore, service: str, metrics: MessagingMetrics
    ) -> None:
        self._broker = broker
        self.tasks = Tasks(broker, store, service, metrics)
        self.events = Events(broker, service, metrics)
        self.status = store
        self.stats = QueueReader(broker, store)

    async def ping(self) -> None:
        """Raise UnavailableError unless broker and store answer."""
        await asyncio.gather(self._broker.ping(), self.status.ping())


@cache
def broker_resource(settings: type[BrokerSettings], *, optional: bool = False) -> Resource[Broker]:
    """Return the connection of a process that is published over.

    Opening raises UnavailableError when the broker is away; an optional one is opened nevertheless,
    and connects when it can.
    """
    return Resource(
        provides=Broker,
        open=lambda resources: open_broker(resources.get(settings), optional=optional),
        requires=(settings,),
    )


@cache
def events_resources(
    settings: type[BrokerSettings], *, optional: bool = False
) -> tuple[Resource[Any], ...]:
    """Return events and what they need, for a service whose settings are of this class.

    With an optional broker they are not pinged.
    """

    def build(resources: Resources) -> Events:
        given, metrics = resources.get(settings), resources.get(MessagingMetrics)
        return Events(resources.get(Broker), given.service_name, metrics)

    events = Resource(
        provides=Events,
        factory=build,
        requires=(settings, MessagingMetrics, Broker),
        ping=None if optional else Events.ping,
    )
    return MESSAGING_METRICS, broker_resource(settings, optional=optional), events


@cache
def messaging_resources(
    settings: type[TaskSettings], *, optional: bool = False
) -> tuple[Resource[Any], ...]:
    """Return tasks, events and status, and what they need, for settings of this class.

    With an optional broker they are not pinged.
    """

    def build(resources: Resources) -> Messaging:
        given, metrics = resources.get(settings), resources.get(MessagingMetrics)
        broker, store = resources.get(Broker), resources.get(RedisStore)
        return Messaging(broker, store, given.service_name, metrics)

    messaging = Resource(
        provides=Messaging,
        factory=build,
        requires=(settings, MessagingMetrics, Broker, RedisStore),
        ping=None if optional else Messaging.ping,
    )
    broker = broker_resource(settings, optional=optional)
    return MESSAGING_METRICS, broker, store_resource(settings), messaging


def _tasks_of(resources: Resources) -> TaskSender:
    return resources.get(Messaging).tasks


# Requires what `messaging_resources(Settings)` provides.
TASK_SENDER = Resource(provides=TaskSender, factory=_tasks_of, requires=(Messaging,))
