"""The rules about tasks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from app.access import Principal
from app.tasks.contracts import QUEUES, PostableTask
from app.tasks.errors import NoWorkerError, TooLateError
from app.tasks.schemas import AcceptedTask, QueueRead, TaskRead, TaskStats
from shared.errors import NotFoundError, UnavailableError
from shared.http import DataServiceClient
from shared.lifecycle import Resources
from shared.messaging.errors import UnroutableError
from shared.messaging.publishing import Messaging
from shared.messaging.status import CancelOutcome, State, TaskStatus

RETRY_AFTER_SECONDS = 2


class TaskService:
    """Submits tasks and says what has become of them, to their owners and to administrators.

    Every method may raise `UnavailableError`: the broker or Redis is away.
    """

    def __init__(self, resources: Resources) -> None:
        self._messaging = resources.get(Messaging)
        self._data_service = resources.get(DataServiceClient)

    async def submit(
        self, new: PostableTask, principal: Principal, key: str | None
    ) -> AcceptedTask:
        """Have it done for this caller; with the same key it is the same task.

        Raises what the task's `check_allowed` raises, `NoWorkerError`, `PayloadTooLargeError`.
        """
        await new.check_allowed(principal, self._data_service)
        delay = timedelta(seconds=new.delay_seconds) if new.delay_seconds else None
        owner = str(principal.user_id)
        with _explained(new.type):
            task_id = await self._messaging.tasks.enqueue(new.task, new.payload, delay, key, owner)
        return AcceptedTask(id=UUID(task_id), type=new.type)

    async def get(self, task_id: UUID, principal: Principal) -> TaskRead:
        """Return what is known of a task. Raises `NotFoundError`, also if it is another's."""
        with _explained():
            status = await self._messaging.status.get(str(task_id))
        if status is None:
            raise NotFoundError("There is no such task, or not any more.")
        # What the clock or another service had done belongs to nobody.
        await principal.check_owner(UUID(status.owner) if status.owner else None)
        return _to_read(status)

    async def cancel(self, task_id: UUID, principal: Principal) -> TaskRead:
        """Keep a task from being begun. Raises what `get` raises, and `TooLateError`."""
        await self.get(task_id, principal)
        with _explained():
            outcome = await self._messaging.status.cancel(str(task_id))
        task = await self.get(task_id, principal)
        if outcome is CancelOutcome.TOO_LATE and task.status is not State.CANCELLED:
            raise TooLateError(f"The task is {task.status}.", status_of_task=task.status)
        return task

    async def stats(self) -> TaskStats:
        """Return how the workers of all tasks that may be posted are doing."""
        with _explained():
            read = await self._messaging.stats.read(QUEUES)
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


def _to_read(status: TaskStatus) -> TaskRead:
    known = asdict(status)
    return TaskRead.model_validate(known | {"type": status.name, "status": status.state})
