"""What every variant reads from the environment; `features.py` adds what its features need."""

from pydantic import Field

from shared.http import DataServiceSettings
from shared.messaging.settings import ConsumerSettings


class WorkerSettings(ConsumerSettings, DataServiceSettings):
    """Where broker, Redis and data service are, and which keys in Redis are this service's own."""

    redis_prefix: str = Field(default="", examples=["media-worker:"])

    @property
    def own_prefix(self) -> str:
        """What every key of this service's own begins with."""
        return self.redis_prefix or f"{self.service_name}:"
