"""Gives tasks to other services and tells them events."""

from shared.messaging.metrics import MESSAGING_METRICS, MessagingMetrics
from shared.messaging.publishing.events import Events
from shared.messaging.publishing.messaging import (
    Messaging,
    QueueReader,
    events_resources,
    messaging_resources,
)
from shared.messaging.publishing.tasks import Tasks

__all__ = [
    "MESSAGING_METRICS",
    "Events",
    "Messaging",
    "MessagingMetrics",
    "QueueReader",
    "Tasks",
    "events_resources",
    "messaging_resources",
]
