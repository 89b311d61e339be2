"""Gives tasks to other services and tells them events."""

from shared.messaging.metrics import MESSAGING_METRICS, MessagingMetrics
from shared.messaging.publishing.messaging import (
    TASK_SENDER,
    Events,
    Messaging,
    QueueReader,
    events_resources,
    messaging_resources,
)
from shared.messaging.publishing.tasks import Tasks, TaskSender

__all__ = [
    "MESSAGING_METRICS",
    "TASK_SENDER",
    "Events",
    "Messaging",
    "MessagingMetrics",
    "QueueReader",
    "TaskSender",
    "Tasks",
    "events_resources",
    "messaging_resources",
]
