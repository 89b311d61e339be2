"""What the store is asked and what it answers: who may do a message, and what is known of tasks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


class ClaimResult(StrEnum):
    """What may be done with a message that has arrived."""

    RUN = "run"
    DONE = "done"
    CANCELLED = "cancelled"
    BUSY = "busy"


@dataclass(frozen=True, kw_only=True)
class ClaimKey:
    """What is claimed: a task by its id, or an event once for each queue that gets it.

    `queue` is the broker's name without the prefix, `tasks.media`. An event has no status record;
    only that it was handled is remembered.
    """

    id: str
    name: str
    queue: str
    is_event: bool = False


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The answer to `begin`; `token` is the owner's, and set when the result is RUN.

    `seconds` is how long another's lease has still to go, when the result is BUSY.
    """

    result: ClaimResult
    token: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class TaskRegistration:
    """A task about to be published; `digest` is of its payload, for idempotency keys.

    `owner` names who may ask what became of it; empty: whoever keeps the task did not say.
    """

    id: str
    name: str
    queue: str
    digest: str
    due: datetime | None = None
    owner: str = ""


@dataclass(frozen=True, kw_only=True)
class RegisterResult:
    """The answer to `register`: whether this task is to be published.

    False when one of the same id was published before; `conflict` when that one had another
    payload.
    """

    publish: bool
    conflict: bool = False


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
