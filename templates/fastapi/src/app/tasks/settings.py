"""What tasks read from the environment."""

from app.redis import RedisSettings
from shared.messaging.settings import TaskSettings as MessagingSettings


class TaskSettings(RedisSettings, MessagingSettings):
    """Where the broker is, where the state of tasks is kept and for how long."""
