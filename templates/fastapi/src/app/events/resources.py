"""What events open: the relay runs as long as the process serves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prometheus_client import CollectorRegistry, Gauge

from app.events.announcer import STOP_SECONDS, Announcer
from app.events.intents import Intents
from app.events.settings import EventSettings
from app.messaging import MESSAGING
from app.redis import STATE, StateRedis
from shared.background import BackgroundTask
from shared.lifecycle import Resource, Resources
from shared.messaging.publishing import Messaging


@asynccontextmanager
async def opened(resources: Resources) -> AsyncIterator[Announcer]:
    """Publish events, and in the background those that were left."""
    settings = resources.get(EventSettings)
    intents = Intents(resources.get(StateRedis).store("events"))
    name, grace_seconds = settings.service_name, settings.event_grace_seconds
    announcer = Announcer(intents, resources.get(Messaging).events, name, grace_seconds)
    gauge = Gauge(
        "event_intents",
        "Changes of all replicas whose event is not sent yet.",
        registry=resources.get(CollectorRegistry),
    )
    gauge.set_function(lambda: announcer.relay.waiting)
    running = BackgroundTask(announcer.relay.run)
    try:
        yield announcer
    finally:
        announcer.relay.stop()
        await running.stop(STOP_SECONDS)
        await announcer.close()


ANNOUNCER = Resource(
    provides=Announcer,
    open=opened,
    requires=(EventSettings, StateRedis, Messaging, CollectorRegistry),
)
RESOURCES = (STATE, *MESSAGING, ANNOUNCER)
