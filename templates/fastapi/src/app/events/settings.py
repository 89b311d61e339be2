"""What events read from the environment."""

from pydantic import Field

from app.messaging import MessagingSettings


class EventSettings(MessagingSettings):
    """Where the broker is, and how long after it began a change is over for certain."""

    event_grace_seconds: int = Field(default=30, ge=0)
