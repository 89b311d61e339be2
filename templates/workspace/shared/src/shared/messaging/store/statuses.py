"""Keeps a record of each task, and counts for each queue."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from pydantic_core import from_json

from shared.messaging.ports import RegisterResult
from shared.messaging.status import CancelOutcome, Counters, State, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shared.messaging.ports import ClaimKey, TaskRegistration
    from shared.messaging.store.scripts import Keys, Scripts


def read_status(task_id: str, found: Mapping[str, str]) -> TaskStatus:
    """Return the status that these fields of a record say."""
    result = found.get("result")
    return TaskStatus(
        id=task_id,
        name=found.get("name", ""),
        queue=found.get("queue", ""),
        state=State(found.get("state", State.QUEUED)),
        attempts=int(found.get("attempts", 0)),
        enqueued_at=_time(found.get("enqueued")),
        started_at=_time(found.get("started")),
        finished_at=_time(found.get("finished")),
        due_at=_time(found.get("due")),
        error=found.get("error"),
        reason=found.get("reason"),
        owner=found.get("owner", ""),
        result=None if result is None else from_json(result),
    )


def _time(milliseconds: str | None) -> datetime | None:
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


# A lease that is over belonged to somebody who died; another begins the work soon.
_FORGOTTEN_MILLISECONDS = 3_600_000


class RedisStatuses:
    """The ports `StatusStore` and `CounterStore` on Redis."""

    def __init__(self, scripts: Scripts, keys: Keys, keep_seconds: float) -> None:
        self._scripts, self._keys = scripts, keys
        self._keep = round(keep_seconds * 1000)

    async def register(self, tasks: Sequence[TaskRegistration]) -> Sequence[RegisterResult]:
        """Write that these are about to be published."""
        calls = [((self._keys.task(task.id),), self._args(task)) for task in tasks]
        if len(calls) == 1:
            answers = [await self._scripts.run("register", *calls[0])]
        else:
            answers = await self._scripts.run_each("register", calls)
        return [
            RegisterResult(publish=each == "new", conflict=each == "conflict") for each in answers
        ]

    async def published(self, ids: Sequence[str]) -> None:
        """Write that the broker has these."""
        await self._scripts.run_each("published", [((self._keys.task(each),), ()) for each in ids])

    async def withdraw(self, ids: Sequence[str]) -> None:
        """Forget those that could not be published."""
        await self._scripts.run_each("withdraw", [((self._keys.task(each),), ()) for each in ids])

    async def reopen(self, claim_keys: Sequence[ClaimKey]) -> None:
        """Let those that have failed for good run again, from the first attempt."""
        calls = [((self._keys.claim_key(each),), ()) for each in claim_keys]
        await self._scripts.run_each("reopen", calls)

    async def get(self, task_id: str) -> TaskStatus | None:
        """Return what is known of a task."""
        found = await self._scripts.read(self._keys.task(task_id))
        return read_status(task_id, found) if found else None

    async def cancel(self, task_id: str) -> CancelOutcome:
        """Keep a task from running."""
        answer = await self._scripts.run("cancel", (self._keys.task(task_id),))
        return CancelOutcome(str(answer))

    async def counters(self, queues: Iterable[str]) -> Mapping[str, Counters]:
        """Return the counters of each queue."""
        names = tuple(queues)
        calls = [
            ((self._keys.stats(name), self._keys.leases(name)), (_FORGOTTEN_MILLISECONDS,))
            for name in names
        ]
        answers = await self._scripts.run_each("counters", calls)
        return {
            name: _counters(cast("list[str]", answer))
            for name, answer in zip(names, answers, strict=True)
        }

    def _args(self, task: TaskRegistration) -> tuple[str | float, ...]:
        due = "" if task.due is None else round(task.due.timestamp() * 1000)
        return task.name, task.queue, task.digest, self._keep, due, task.owner


def _counters(answer: Sequence[str]) -> Counters:
    processed, failed, retried, runs, seconds, longest, in_flight = map(float, answer)
    return Counters(
        processed=int(processed),
        failed=int(failed),
        retried=int(retried),
        in_flight=int(in_flight),
        seconds_mean=seconds / runs if runs else 0.0,
        seconds_max=longest,
    )
