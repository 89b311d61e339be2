"""What the outbox opens: the relay runs as long as the process serves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry

from app.database import Database
from app.outbox.metrics import OutboxMetrics
from app.outbox.relay import Relay
from shared.lifecycle import Resource, Resources
from shared.messaging.publishing import Events

STOP_SECONDS = 5.0


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Relay]:
    """Send in the background, and at the end what was written last."""
    database, events = resources.get(Database), resources.get(Events)
    metrics = OutboxMetrics(resources.get(CollectorRegistry))
    relay = Relay(database, events, metrics)
    running = asyncio.ensure_future(relay.run())
    try:
        yield relay
    finally:
        relay.stop()
        await asyncio.wait((running,), timeout=STOP_SECONDS)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


RELAY = Resource(provides=Relay, open=opened, requires=(Database, Events, CollectorRegistry))
