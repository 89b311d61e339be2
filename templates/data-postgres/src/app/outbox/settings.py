"""What the outbox reads from the environment."""

from shared.messaging.settings import BrokerSettings


class OutboxSettings(BrokerSettings):
    """Where the broker is."""
