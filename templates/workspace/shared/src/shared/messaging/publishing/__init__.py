"""Gives tasks to other services and tells them events."""

from shared.messaging.metrics import MESSAGING_METRICS, MessagingMetrics
from shared.messaging.publishing.events import Events
from shared.messaging.publishing.messaging import Messaging
from shared.messaging.publishing.resources import events_resource, messaging_resource
from shared.messaging.publishing.stats import QueueReader
from shared.messaging.publishing.tasks import Tasks

__all__ = [
    "MESSAGING_METRICS",
    "Events",
    "Messaging",
    "MessagingMetrics",
    "QueueReader",
    "Tasks",
    "events_resource",
    "messaging_resource",
]
