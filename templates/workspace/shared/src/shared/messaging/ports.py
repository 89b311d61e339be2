"""What the broker's side and the store say to each other.

Each method of the store is one round trip, and raises UnavailableError when it does not answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from shared.messaging.status import CancelOutcome, Counters, TaskStatus


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
    correlation_id: str = ""
    owner: str = ""


@dataclass(frozen=True, kw_only=True)
class RegisterResult:
    """The answer to `register`: whether this task is to be published.

    False when one of the same id was published before; `conflict` when that one had another
    payload.
    """

    publish: bool
    conflict: bool = False


class ClaimStore(Protocol):
    """Sees to it that a message takes effect once, whoever gets it and however often."""

    async def begin(self, claim_key: ClaimKey, attempt: int) -> Claim:
        """Claim the right to run it; the lease is renewed until one of the others is called.

        An id nobody knows may run. What is done or failed for good is DONE, and so is an attempt
        that is not above one for which `retry` was called: its copy is on the way.
        """
        ...

    def when_lost(self, token: str, act: Callable[[], None]) -> None:
        """Have this done if the token's lease is lost before it is settled."""
        ...

    async def complete(
        self, claim_key: ClaimKey, token: str, *, seconds: float, result: bytes | None
    ) -> bool:
        """Write that it is done, with its result as JSON; False if the token's lease was lost."""
        ...

    async def retry(
        self, claim_key: ClaimKey, token: str, *, seconds: float, error: str, due: datetime
    ) -> bool:
        """Write that it failed and is tried again at `due`; False if the lease was lost.

        Called once the broker has the copy for the next attempt.
        """
        ...

    async def fail(
        self, claim_key: ClaimKey, token: str, *, seconds: float, error: str, reason: str
    ) -> bool:
        """Write that it failed for good; False if the lease was lost.

        An empty token says that nobody ran it: what it holds could not even be read.
        """
        ...

    async def release(self, claim_key: ClaimKey, token: str) -> bool:
        """Give the claim back as if it had not begun; False if the lease was lost."""
        ...


class StatusStore(Protocol):
    """Keeps what is known of each task."""

    async def register(self, tasks: Sequence[TaskRegistration]) -> Sequence[RegisterResult]:
        """Write that these are about to be published; one answer for each, in their order."""
        ...

    async def published(self, ids: Sequence[str]) -> None:
        """Write that the broker has these: a second `register` of one does not publish it."""
        ...

    async def withdraw(self, ids: Sequence[str]) -> None:
        """Forget those that could not be published, unless they run or have run nevertheless."""
        ...

    async def reopen(self, claim_keys: Sequence[ClaimKey]) -> None:
        """Let these begin anew, whatever has become of them: they are replayed."""
        ...

    async def get(self, task_id: str) -> TaskStatus | None:
        """Return what is known of a task; None if nothing is, or no longer."""
        ...

    async def cancel(self, task_id: str) -> CancelOutcome:
        """Keep a task from running; one that is running or over is too late to cancel."""
        ...


class CounterStore(Protocol):
    """Reads what the claims of each queue have counted."""

    async def counters(self, queues: Iterable[str]) -> Mapping[str, Counters]:
        """Return the counters of each queue, zeros for one that nobody has counted."""
        ...


class TaskStore(ClaimStore, StatusStore, CounterStore, Protocol):
    """All of it, kept in one place."""

    async def ping(self) -> None:
        """Raise UnavailableError when the store does not answer or takes no writes."""
        ...
