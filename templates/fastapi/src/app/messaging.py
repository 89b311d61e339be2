"""The one connection to the broker, and where the state of tasks is kept.

The broker is not pinged: whatever needs no message goes on without it.
"""

from app.redis import RedisSettings
from shared.messaging.publishing import messaging_resources
from shared.messaging.settings import TaskSettings


class MessagingSettings(RedisSettings, TaskSettings):
    """Where the broker is, and for how long the state of tasks is kept."""


MESSAGING = messaging_resources(MessagingSettings, optional=True)
