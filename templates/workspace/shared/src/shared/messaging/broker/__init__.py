"""The connection to RabbitMQ; nothing outside of this folder knows the library that makes it."""

from shared.messaging.broker.broker import Broker, open_broker
from shared.messaging.broker.connection import Depth
from shared.messaging.broker.publisher import Publisher
from shared.messaging.broker.subscription import QueueOptions, Subscription, ack, requeue

__all__ = [
    "Broker",
    "Depth",
    "Publisher",
    "QueueOptions",
    "Subscription",
    "ack",
    "open_broker",
    "requeue",
]
