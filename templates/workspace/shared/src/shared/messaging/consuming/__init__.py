"""Takes tasks and events from queues and has each of them take effect once."""

from shared.messaging.consuming.consuming import Consuming
from shared.messaging.consuming.handlers import Consumer, EventHandler, TaskHandler, Work
from shared.messaging.consuming.resources import consuming_resource
from shared.messaging.errors import PermanentError, RetryLaterError

__all__ = [
    "Consumer",
    "Consuming",
    "EventHandler",
    "PermanentError",
    "RetryLaterError",
    "TaskHandler",
    "Work",
    "consuming_resource",
]
