"""What services agree on: the tasks they give each other and the events they tell."""

from shared.messaging.contract.events import Envelope, EventData
from shared.messaging.contract.tasks import Limits, Retries, Task

__all__ = ["Envelope", "EventData", "Limits", "Retries", "Task"]
