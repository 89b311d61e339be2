"""The rules about tasks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from app.tasks.errors import NoWorkerError, TooLateError
from app.tasks.offer import Offer
from app.tasks.schemas import AcceptedTask, NewTask, TaskRead
from app.tasks.stats_schemas import QueueRead, TaskStats
from shared.errors import NotFoundError, UnavailableError
from shared.messaging.errors import UnroutableError
from shared.messaging.publishing import Messaging
from shared.messaging.status import CancelOutcome, State, TaskStatus

RETRY_AFTER_SECONDS = 2


class TaskDesk:
    """Takes tasks and tells what has become of them.

    Every method may raise `UnavailableError`: the broker or Redis is away.
    """

    def __init__(self, messaging: Messaging, offer: Offer) -> None:
        self._messaging, self._offer = messaging, offer

    async def take(self, new: NewTask, key: str | None) -> AcceptedTask:
        """Have it done; with the same key it is the same task. Raises `InvalidError`.

        Raises `NoWorkerError` too, and `PayloadTooLargeError`.
        """
        task = self._offer.find(new.type)
        payload = self._offer.checked(task, new.payload)
        delay = timedelta(seconds=new.delay_seconds) if new.delay_seconds else None
        with _explained(new.type):
            task_id = await self._messaging.tasks.enqueue(task, payload, delay, key)
        return AcceptedTask(id=UUID(task_id), type=task.name)

    async def get(self, task_id: UUID) -> TaskRead:
        """Return what is known of a task. Raises `NotFoundError`."""
        with _explained():
            status = await self._messaging.status.get(str(task_id))
        if status is None:
            raise NotFoundError("There is no such task, or not any more.")
        return _read(status)

    async def cancel(self, task_id: UUID) -> TaskRead:
        """Keep a task from being begun. Raises `NotFoundError`, or `TooLateError`."""
        with _explained():
            outcome = await self._messaging.status.cancel(str(task_id))
        task = await self.get(task_id)
        if outcome is CancelOutcome.TOO_LATE and task.status is not State.CANCELLED:
            raise TooLateError(f"The task is {task.status}.", status_of_task=task.status)
        return task

    async def stats(self) -> TaskStats:
        """Return how the workers of all tasks that may be posted are doing."""
        with _explained():
            read = await self._messaging.stats.read(self._offer.queues)
        return TaskStats(
            queues={name: QueueRead.model_validate(each) for name, each in read.items()}
        )


@contextmanager
def _explained(name: str = "") -> Iterator[None]:
    try:
        yield
    except UnroutableError:
        detail = f"No worker has ever asked for {name}: start one, then send this again."
        raise NoWorkerError(detail, retry_after=RETRY_AFTER_SECONDS) from None
    except UnavailableError:
        detail = "Tasks can't be reached at the moment."
        raise UnavailableError(detail, retry_after=RETRY_AFTER_SECONDS) from None


def _read(status: TaskStatus) -> TaskRead:
    known = asdict(status)
    return TaskRead.model_validate(known | {"type": status.name, "status": status.state})
