"""What crosses HTTP about tasks."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, Strict, WithJsonSchema

from app.tasks.contracts import TASKS
from app.tasks.documented import one_payload_of
from shared.messaging.status import State

# Well within the time for which the state of a task is kept.
MAX_DELAY_SECONDS = 5 * 24 * 60 * 60

TaskType = Annotated[str, WithJsonSchema({"type": "string", "enum": [each.name for each in TASKS]})]
Payload = Annotated[dict[str, JsonValue], one_payload_of(TASKS)]
Delay = Annotated[
    float,
    Strict(),
    Field(ge=0, le=MAX_DELAY_SECONDS, description="Not before so many seconds have passed."),
]


class NewTask(BaseModel):
    """Work to be done; what its payload has to be depends on its type."""

    model_config = ConfigDict(extra="forbid")

    type: TaskType
    payload: Payload
    delay_seconds: Delay = 0


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
