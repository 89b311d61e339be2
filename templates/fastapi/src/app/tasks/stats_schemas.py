"""What crosses HTTP about the workers of tasks."""

from pydantic import BaseModel, ConfigDict, Field


class QueueRead(BaseModel):
    """How the workers of one queue are doing; the counts are of all of them together."""

    model_config = ConfigDict(from_attributes=True)

    ready: int = Field(description="Messages that wait for a worker.")
    dead: int = Field(description="Messages that nobody could handle.")
    in_flight: int
    processed: int
    failed: int
    retried: int
    seconds_mean: float
    seconds_max: float


class TaskStats(BaseModel):
    """How the workers are doing, by queue."""

    queues: dict[str, QueueRead]
