"""Keeps a record of each task, and counts for each queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from shared.messaging.records import Registered
from shared.messaging.status import CancelOutcome, Counters
from shared.messaging.store.reading import status_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shared.messaging.records import NewTask, Subject
    from shared.messaging.status import TaskStatus
    from shared.messaging.store.keys import Keys
    from shared.messaging.store.scripts import Scripts

# A lease that is over belonged to somebody who died; another begins the work soon.
_FORGOTTEN_MILLISECONDS = 3_600_000


class RedisStatuses:
    """The ports `Statuses` and `Stats` on Redis."""

    def __init__(self, scripts: Scripts, keys: Keys, keep_seconds: float) -> None:
        self._scripts, self._keys = scripts, keys
        self._keep = round(keep_seconds * 1000)

    async def register(self, tasks: Sequence[NewTask]) -> Sequence[Registered]:
        """Write that these are about to be published."""
        calls = [((self._keys.task(task.id),), self._words(task)) for task in tasks]
        if len(calls) == 1:
            answers = [await self._scripts.run("register", *calls[0])]
        else:
            answers = await self._scripts.run_each("register", calls)
        return [Registered(publish=each == "new", conflict=each == "conflict") for each in answers]

    async def published(self, ids: Sequence[str]) -> None:
        """Write that the broker has these."""
        await self._scripts.run_each("published", [((self._keys.task(each),), ()) for each in ids])

    async def withdraw(self, ids: Sequence[str]) -> None:
        """Forget those that could not be published."""
        await self._scripts.run_each("withdraw", [((self._keys.task(each),), ()) for each in ids])

    async def reopen(self, subjects: Sequence[Subject]) -> None:
        """Let those that have failed for good run again, from the first attempt."""
        calls = [((self._keys.subject(each),), ()) for each in subjects]
        await self._scripts.run_each("reopen", calls)

    async def get(self, task_id: str) -> TaskStatus | None:
        """Return what is known of a task."""
        found = await self._scripts.read(self._keys.task(task_id))
        return status_of(task_id, found) if found else None

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

    def _words(self, task: NewTask) -> tuple[str | float, ...]:
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
