"""Tells other services what has happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.messaging import headers
from shared.messaging.contract import Envelope
from shared.messaging.messages import Outgoing
from shared.messaging.tracing import inject_trace

if TYPE_CHECKING:
    from uuid import UUID

    from shared.messaging.broker import Broker
    from shared.messaging.contract import EventData
    from shared.messaging.metrics import MessagingMetrics


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
        inject_trace(carried)
        outgoing = Outgoing(
            id=str(envelope.id),
            body=envelope.model_dump_json().encode(),
            correlation_id=envelope.correlation_id,
            headers=carried,
            time=envelope.time,
        )
        await self._broker.publisher.publish_event(outgoing, envelope.type)
        self._metrics.published.labels("event", envelope.type).inc()

    async def ping(self) -> None:
        """Raise UnavailableError unless the broker is connected."""
        await self._broker.ping()
