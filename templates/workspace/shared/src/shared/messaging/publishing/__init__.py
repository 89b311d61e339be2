"""Gives tasks to other services and tells them events."""

from shared.messaging.publishing.messaging import (
    TASK_SENDER,
    Events,
    Messaging,
    events_resources,
    messaging_resources,
)
from shared.messaging.publishing.tasks import TaskSender

__all__ = [
    "TASK_SENDER",
    "Events",
    "Messaging",
    "TaskSender",
    "events_resources",
    "messaging_resources",
]
