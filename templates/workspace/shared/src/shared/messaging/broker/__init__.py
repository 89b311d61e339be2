"""The connection to RabbitMQ; nothing outside of this folder knows the library that makes it."""

from shared.messaging.broker.broker import (
    Broker,
    QueueOptions,
    Subscription,
    ack,
    open_broker,
    requeue,
)

__all__ = ["Broker", "QueueOptions", "Subscription", "ack", "open_broker", "requeue"]
