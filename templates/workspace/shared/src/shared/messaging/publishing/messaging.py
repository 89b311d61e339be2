"""All that a service does with messages but for consuming them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from shared.messaging.publishing.events import Events
from shared.messaging.publishing.stats import QueueReader
from shared.messaging.publishing.tasks import Tasks

if TYPE_CHECKING:
    from shared.messaging.broker import Broker
    from shared.messaging.metrics import MessagingMetrics
    from shared.messaging.ports import Store


class Messaging:
    """Tasks, events, and what has become of tasks."""

    def __init__(
        self, broker: Broker, store: Store, service: str, metrics: MessagingMetrics
    ) -> None:
        self._broker, self._store = broker, store
        self.tasks = Tasks(broker, store, service, metrics)
        self.events = Events(broker, service, metrics)
        self.status = store
        self.stats = QueueReader(broker, store)

    async def ping(self) -> None:
        """Raise UnavailableError unless broker and store answer."""
        await asyncio.gather(self._broker.ping(), self._store.ping())
