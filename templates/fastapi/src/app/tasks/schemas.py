"""What crosses HTTP about tasks and their workers, beside what is posted."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from shared.messaging.status import State


class AcceptedTask(BaseModel):
    """A task that will be done."""

    id: UUID
    type: str


class TaskRead(BaseModel):
    """What is known of a task; `error` is why its last attempt failed."""

    id: UUID
    type: str
    status: State
    attempts: int
    enqueued_at: datetime | None
    due_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    result: JsonValue
    error: str | None


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
