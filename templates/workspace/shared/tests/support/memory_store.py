"""A store that keeps everything in memory, for tests of the broker's side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from shared.errors import UnavailableError
from shared.messaging.records import Claim, Registered, Verdict
from shared.messaging.status import CancelOutcome, Counters, State, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from shared.messaging.records import NewTask, Subject


@dataclass
class Entry:
    name: str = ""
    queue: str = ""
    state: State = State.QUEUED
    digest: str = ""
    published: bool = False
    token: str = ""
    attempt: int = 0
    error: str | None = None
    reason: str | None = None
    result: bytes | None = None
    seconds: float = 0.0
    due: datetime | None = None


class MemoryStore:
    """Does what the ports say, without leases: who has a claim keeps it."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.down = False
        self.released: list[str] = []

    def entry(self, subject: Subject) -> Entry:
        if self.down:
            raise UnavailableError("the store is down")
        key = f"{subject.queue}:{subject.id}" if subject.is_event else subject.id
        return self.entries.setdefault(key, Entry(subject.name, subject.queue))

    async def begin(self, subject: Subject, attempt: int) -> Claim:
        entry = self.entry(subject)
        if entry.token:
            return Claim(verdict=Verdict.BUSY, seconds=0.2)
        if entry.state is State.CANCELLED:
            return Claim(verdict=Verdict.CANCELLED)
        if entry.state in {State.DONE, State.FAILED} or attempt <= entry.attempt:
            return Claim(verdict=Verdict.DONE)
        entry.token, entry.state = uuid4().hex, State.RUNNING
        return Claim(verdict=Verdict.RUN, token=entry.token)

    async def complete(
        self, subject: Subject, token: str, *, seconds: float, result: bytes | None
    ) -> bool:
        return self._settle(subject, token, State.DONE, result=result, seconds=seconds)

    async def retry(
        self, subject: Subject, token: str, *, seconds: float, error: str, due: datetime
    ) -> bool:
        self.entry(subject).attempt += 1
        self.entry(subject).seconds += seconds
        return self._settle(subject, token, State.RETRYING, error=error, due=due)

    async def fail(
        self, subject: Subject, token: str, *, seconds: float, error: str, reason: str
    ) -> bool:
        told = {"error": error, "reason": reason, "seconds": seconds}
        return self._settle(subject, token, State.FAILED, **told)

    async def release(self, subject: Subject, token: str) -> bool:
        self.released.append(subject.id)
        return self._settle(subject, token, State.QUEUED)

    async def register(self, tasks: Sequence[NewTask]) -> Sequence[Registered]:
        return [self._register(task) for task in tasks]

    async def published(self, ids: Sequence[str]) -> None:
        for each in ids:
            self.entries[each].published = True

    async def withdraw(self, ids: Sequence[str]) -> None:
        for each in ids:
            self.entries.pop(each, None)

    async def reopen(self, subjects: Sequence[Subject]) -> None:
        for each in subjects:
            self.entries.pop(each.id, None)

    async def get(self, task_id: str) -> TaskStatus | None:
        entry = self.entries.get(task_id)
        if entry is None:
            return None
        return TaskStatus(id=task_id, name=entry.name, queue=entry.queue, state=entry.state)

    async def cancel(self, task_id: str) -> CancelOutcome:
        self.entries[task_id].state = State.CANCELLED
        return CancelOutcome.CANCELLED

    async def counters(self, queues: Iterable[str]) -> Mapping[str, Counters]:
        return {queue: Counters() for queue in queues}

    async def ping(self) -> None:
        if self.down:
            raise UnavailableError("the store is down")

    def _register(self, task: NewTask) -> Registered:
        entry = self.entries.setdefault(task.id, Entry(task.name, task.queue, digest=task.digest))
        conflict = entry.digest != task.digest
        return Registered(publish=not (entry.published or conflict), conflict=conflict)

    def _settle(self, subject: Subject, token: str, state: State, **told: object) -> bool:
        entry = self.entry(subject)
        if entry.token != token:
            return False
        entry.state, entry.token = state, ""
        for name, value in told.items():
            setattr(entry, name, value)
        return True
