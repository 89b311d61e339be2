"""The schedules of a service as one resource."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from shared.errors import CompositionError
from shared.lifecycle import Resource, Resources
from shared.messaging.broker import open_broker
from shared.messaging.metrics import MessagingMetrics
from shared.messaging.publishing import Messaging
from shared.messaging.schedule.scheduling import Scheduling
from shared.messaging.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from shared.messaging.schedule.schedules import Schedule
    from shared.messaging.settings import TaskSettings


def scheduling_resource(
    schedules: Iterable[Schedule], settings: type[TaskSettings]
) -> Resource[Scheduling]:
    """Return all schedules of a service, for settings of this class.

    Requires MESSAGING_METRICS beside it. Raises CompositionError when two have one name; opening
    raises UnavailableError when the broker is away. SIGTERM ends the waiting at once.
    """
    chosen = tuple(schedules)
    if len({each.name for each in chosen}) < len(chosen):
        raise CompositionError("two schedules have one name")

    @asynccontextmanager
    async def opened(resources: Resources) -> AsyncIterator[Scheduling]:
        given, metrics = resources.get(settings), resources.get(MessagingMetrics)
        async with open_broker(given) as broker, open_store(given) as store:
            messaging = Messaging(broker, store, given.service_name, metrics)
            scheduling = Scheduling(chosen, messaging, store.schedules)
            scheduling.start()
            try:
                yield scheduling
            finally:
                await scheduling.stop()

    return Resource(
        provides=Scheduling,
        open=opened,
        requires=(settings, MessagingMetrics),
        ping=Scheduling.ping,
        drain=Scheduling.stop,
    )
