"""The connection to RabbitMQ; nothing outside of this folder knows the library that makes it."""

from shared.messaging.broker.connection import Broker, open_broker
from shared.messaging.broker.depth import Depth
from shared.messaging.broker.publisher import Publisher
from shared.messaging.broker.settling import ack, give_back
from shared.messaging.broker.subscription import Subscription, Wanted

__all__ = [
    "Broker",
    "Depth",
    "Publisher",
    "Subscription",
    "Wanted",
    "ack",
    "give_back",
    "open_broker",
]
