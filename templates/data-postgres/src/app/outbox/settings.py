"""What the outbox reads from the environment, and the connection that it sends by."""

from shared.messaging.publishing import MESSAGING_METRICS, events_resource
from shared.messaging.settings import BrokerSettings


class OutboxSettings(BrokerSettings):
    """Where the broker is."""


# Not pinged: while the broker is away events wait in their table, so /ready doesn't depend on it.
EVENTS = (MESSAGING_METRICS, events_resource(OutboxSettings, optional=True))
