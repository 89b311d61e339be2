"""What services agree on: the tasks they give each other and the events they publish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from random import SystemRandom
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field

from shared.correlation import current_request_id, new_request_id
from shared.messaging.messages import current_message_id

P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How often a failed message is tried, the first time included, and the waits between."""

    attempts: int = 5
    first_seconds: float = 1.0
    factor: float = 2.0
    cap_seconds: float = 300.0
    jitter: float = 0.2

    def wait_after(self, attempt: int) -> float:
        """Return the seconds to wait after that attempt (1 is the first) has failed.

        They grow by `factor` up to the cap, and are then spread by `jitter` both ways.
        """
        spread = SystemRandom().uniform(1 - self.jitter, 1 + self.jitter)
        # A float has room for the largest factor only up to some attempt.
        grown = self.first_seconds * self.factor ** min(attempt - 1, 64)
        return min(grown, self.cap_seconds) * spread


@dataclass(frozen=True, kw_only=True)
class TaskLimits:
    """What one attempt may take, in seconds, and how large a payload may be as JSON.

    The broker gives up a consumer that holds a message for 30 minutes, unless it is told otherwise.
    """

    seconds: float = 60.0
    payload_bytes: int = 64 * 1024


class TaskPayload(BaseModel):
    """What a task is about. Derive from it, and give each later field a default.

    Unknown fields are read over: during a deployment, tasks of the newer version come to workers
    of the older one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")


@dataclass(frozen=True, kw_only=True)
class Task(Generic[P]):
    """Something to be done once, by whoever consumes the queue.

    `track=False` does without status, claims and idempotency keys: cheaper, and it may then
    happen that the same task runs twice.
    """

    name: str
    queue: str
    payload: type[P]
    retries: RetryPolicy = RetryPolicy()
    limits: TaskLimits = TaskLimits()
    track: bool = True


class EventData(BaseModel):
    """A fact that other services are told; `type` is also the key it is routed by.

    A consumer reads over members that it does not know; give each later one a default.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]


E = TypeVar("E")


class Envelope(BaseModel, Generic[E]):
    """An event with its id, its time, its source and what it was caused by."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID = Field(default_factory=uuid4)
    type: str
    time: datetime
    source: str
    correlation_id: str
    causation_id: str | None = None
    data: E

    @classmethod
    def of(cls, event: EventData, source: str, event_id: UUID | None = None) -> Envelope[Any]:
        """Put an event that happens now, for the request being served, into an envelope."""
        return Envelope(
            id=event_id or uuid4(),
            type=event.type,
            time=datetime.now(UTC),
            source=source,
            correlation_id=current_request_id() or new_request_id(),
            causation_id=current_message_id(),
            data=event,
        )
