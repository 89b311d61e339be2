"""What events read from the environment."""

from pydantic import Field

from app.redis import RedisSettings
from shared.messaging.settings import BrokerSettings


class EventSettings(RedisSettings, BrokerSettings):
    """Where the broker is, and how long after it began a change is over for certain."""

    event_grace_seconds: int = Field(default=30, ge=0)
