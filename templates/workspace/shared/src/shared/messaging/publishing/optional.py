"""Messaging for a service that serves on while the broker is away: nothing here is pinged.

What needs the broker raises UnavailableError after a few seconds, at the start too.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from shared.lifecycle import Resource, Resources
from shared.messaging.broker.late import LateBroker, open_late_broker
from shared.messaging.metrics import MESSAGING_METRICS, MessagingMetrics
from shared.messaging.publishing.events import Events
from shared.messaging.publishing.messaging import Messaging
from shared.messaging.settings import BrokerSettings, TaskSettings
from shared.messaging.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@asynccontextmanager
async def _open_broker(resources: Resources) -> AsyncIterator[LateBroker]:
    async with open_late_broker(resources.get(BrokerSettings)) as broker:
        yield broker


@asynccontextmanager
async def _open_events(resources: Resources) -> AsyncIterator[Events]:
    name, metrics = resources.get(BrokerSettings).service_name, resources.get(MessagingMetrics)
    yield Events(resources.get(LateBroker), name, metrics)


@asynccontextmanager
async def _open_messaging(resources: Resources) -> AsyncIterator[Messaging]:
    settings, metrics = resources.get(TaskSettings), resources.get(MessagingMetrics)
    async with open_store(settings) as store:
        yield Messaging(resources.get(LateBroker), store, settings.service_name, metrics)


# One connection for events and tasks together.
_BROKER = Resource(provides=LateBroker, open=_open_broker, requires=(BrokerSettings,))
_EVENTS = Resource(
    provides=Events, open=_open_events, requires=(BrokerSettings, LateBroker, MessagingMetrics)
)
_MESSAGING = Resource(
    provides=Messaging,
    open=_open_messaging,
    requires=(TaskSettings, LateBroker, MessagingMetrics),
)
OPTIONAL_EVENTS = (MESSAGING_METRICS, _BROKER, _EVENTS)
OPTIONAL_MESSAGING = (MESSAGING_METRICS, _BROKER, _MESSAGING)
