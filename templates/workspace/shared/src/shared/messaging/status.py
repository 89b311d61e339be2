"""What can be known of tasks and queues."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


class State(StrEnum):
    """How far a task has come."""

    QUEUED = "queued"
    RUNNING = "running"
    RETRYING = "retrying"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class CancelOutcome(StrEnum):
    """What became of the wish to cancel a task."""

    CANCELLED = "cancelled"
    TOO_LATE = "too_late"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class TaskStatus:
    """What is known of a task; `owner` is whom it was enqueued for, if that was said."""

    id: str
    name: str
    queue: str
    state: State
    attempts: int = 0
    enqueued_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    due_at: datetime | None = None
    error: str | None = None
    reason: str | None = None
    result: Any = None
    owner: str = ""


@dataclass(frozen=True, kw_only=True)
class Counters:
    """What the workers of one queue have counted together."""

    processed: int = 0
    failed: int = 0
    retried: int = 0
    in_flight: int = 0
    seconds_mean: float = 0.0
    seconds_max: float = 0.0


@dataclass(frozen=True, kw_only=True)
class QueueStats(Counters):
    """A queue as the broker and the store see it together."""

    ready: int = 0
    dead: int = 0
