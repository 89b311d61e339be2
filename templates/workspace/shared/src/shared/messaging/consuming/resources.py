"""The consumers of a service as one resource."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from shared.lifecycle import Resource, Resources
from shared.messaging.broker import open_broker
from shared.messaging.consuming.consuming import Consuming
from shared.messaging.metrics import MessagingMetrics
from shared.messaging.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from shared.messaging.consuming.handlers import Consumer
    from shared.messaging.settings import TaskSettings


def consuming_resource(
    consumers: Iterable[Consumer], settings: type[TaskSettings], requires: tuple[type, ...] = ()
) -> Resource[Consuming]:
    """Return all consumers of a service; `requires` is what their handlers get.

    Requires MESSAGING_METRICS beside it. Opening raises CompositionError when handlers do not
    fit, UnavailableError when broker or store are away. SIGTERM stops the taking at once; what
    is in hand then has SHUTDOWN_GRACE_SECONDS.
    """
    chosen = tuple(consumers)

    @asynccontextmanager
    async def opened(resources: Resources) -> AsyncIterator[Consuming]:
        given, metrics = resources.get(settings), resources.get(MessagingMetrics)
        async with open_broker(given) as broker, open_store(given) as store:
            consuming = Consuming(given, broker, store)
            try:
                await consuming.start(chosen, resources, metrics)
                yield consuming
            finally:
                await consuming.close()

    return Resource(
        provides=Consuming,
        open=opened,
        requires=(settings, MessagingMetrics, *requires),
        ping=Consuming.ping,
        drain=Consuming.drain,
    )
