"""Takes tasks and events from queues and has each of them take effect once."""

from shared.messaging.consuming.consumer import Consuming, consuming_resources
from shared.messaging.consuming.handlers import (
    EventHandler,
    MessageConsumer,
    MessageContext,
    TaskHandler,
)
from shared.messaging.errors import PermanentError, RetryLaterError

__all__ = [
    "Consuming",
    "EventHandler",
    "MessageConsumer",
    "MessageContext",
    "PermanentError",
    "RetryLaterError",
    "TaskHandler",
    "consuming_resources",
]
