"""The one connection to the broker, and where the state of tasks is kept.

The broker is not pinged: whatever needs no message goes on without it.
"""

from app.redis import RedisSettings
from shared.messaging.publishing import MESSAGING_METRICS, messaging_resource
from shared.messaging.settings import TaskSettings


class MessagingSettings(RedisSettings, TaskSettings):
    """Where the broker is, and for how long the state of tasks is kept."""


MESSAGING = (MESSAGING_METRICS, messaging_resource(MessagingSettings, optional=True))
