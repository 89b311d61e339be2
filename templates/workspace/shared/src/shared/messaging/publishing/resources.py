"""Messaging as a resource of a service."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING

from shared.lifecycle import Resource, Resources
from shared.messaging.broker import open_broker
from shared.messaging.metrics import MessagingMetrics
from shared.messaging.publishing.events import Events
from shared.messaging.publishing.messaging import Messaging
from shared.messaging.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.messaging.settings import BrokerSettings, TaskSettings


@cache
def events_resource(settings: type[BrokerSettings], *, optional: bool = False) -> Resource[Events]:
    """Return events alone, for a service whose settings are of this class.

    Requires MESSAGING_METRICS beside it. Opening raises UnavailableError when the broker is away;
    an optional one is opened nevertheless, is not pinged, and connects when it can.
    """

    @asynccontextmanager
    async def opened(resources: Resources) -> AsyncIterator[Events]:
        given, metrics = resources.get(settings), resources.get(MessagingMetrics)
        async with open_broker(given, optional=optional) as broker:
            yield Events(broker, given.service_name, metrics)

    return Resource(
        provides=Events,
        open=opened,
        requires=(settings, MessagingMetrics),
        ping=None if optional else Events.ping,
    )


@cache
def messaging_resource(
    settings: type[TaskSettings], *, optional: bool = False
) -> Resource[Messaging]:
    """Return tasks, events and status, for a service whose settings are of this class.

    Requires MESSAGING_METRICS beside it. Opening raises UnavailableError when broker or store
    are away; with an optional broker it is opened nevertheless, is not pinged, and connects when
    it can.
    """

    @asynccontextmanager
    async def opened(resources: Resources) -> AsyncIterator[Messaging]:
        given, metrics = resources.get(settings), resources.get(MessagingMetrics)
        async with open_broker(given, optional=optional) as broker, open_store(given) as store:
            yield Messaging(broker, store, given.service_name, metrics)

    return Resource(
        provides=Messaging,
        open=opened,
        requires=(settings, MessagingMetrics),
        ping=None if optional else Messaging.ping,
    )
