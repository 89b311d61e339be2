"""What the broker's side asks of whoever keeps the state of tasks: the store.

Each method is one round trip. All raise UnavailableError when the store does not answer.
`shared.messaging.store.open_store(settings: TaskSettings)` is the context manager of a `Store`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from shared.messaging.records import Claim, NewTask, Registered, Subject
    from shared.messaging.status import CancelOutcome, Counters, TaskStatus


class Claims(Protocol):
    """Sees to it that a message takes effect once, whoever gets it and however often."""

    async def begin(self, subject: Subject, attempt: int) -> Claim:
        """Claim the right to run it; the lease is renewed until one of the others is called.

        An id nobody knows may run. What is done or failed for good is DONE, and so is an attempt
        that is not above one for which `retry` was called: its copy is on the way.
        """
        ...

    async def complete(
        self, subject: Subject, token: str, *, seconds: float, result: bytes | None
    ) -> bool:
        """Write that it is done, with its result as JSON; False if the token's lease was lost."""
        ...

    async def retry(
        self, subject: Subject, token: str, *, seconds: float, error: str, due: datetime
    ) -> bool:
        """Write that it failed and is tried again at `due`; False if the lease was lost.

        Called once the broker has the copy for the next attempt.
        """
        ...

    async def fail(
        self, subject: Subject, token: str, *, seconds: float, error: str, reason: str
    ) -> bool:
        """Write that it failed for good; False if the lease was lost.

        An empty token says that nobody ran it: what it holds could not even be read.
        """
        ...

    async def release(self, subject: Subject, token: str) -> bool:
        """Give the claim back as if it had not begun; False if the lease was lost."""
        ...


class Statuses(Protocol):
    """Keeps what is known of each task."""

    async def register(self, tasks: Sequence[NewTask]) -> Sequence[Registered]:
        """Write that these are about to be published; one answer for each, in their order."""
        ...

    async def published(self, ids: Sequence[str]) -> None:
        """Write that the broker has these: a second `register` of one does not publish it."""
        ...

    async def withdraw(self, ids: Sequence[str]) -> None:
        """Forget those that could not be published, unless they run or have run nevertheless."""
        ...

    async def reopen(self, subjects: Sequence[Subject]) -> None:
        """Let these begin anew, whatever has become of them: they are replayed."""
        ...

    async def get(self, task_id: str) -> TaskStatus | None:
        """Return what is known of a task; None if nothing is, or no longer."""
        ...

    async def cancel(self, task_id: str) -> CancelOutcome:
        """Keep a task from running; one that is running or over is too late to cancel."""
        ...


class Stats(Protocol):
    """Reads what the claims of each queue have counted."""

    async def counters(self, queues: Iterable[str]) -> Mapping[str, Counters]:
        """Return the counters of each queue, zeros for one that nobody has counted."""
        ...


class Store(Claims, Statuses, Stats, Protocol):
    """All of it, kept in one place."""

    async def ping(self) -> None:
        """Raise UnavailableError when the store does not answer."""
        ...
