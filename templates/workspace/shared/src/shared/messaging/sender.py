"""Gives tasks, for rules: they need to know nothing else of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from pydantic import BaseModel

from shared.lifecycle import Resource, Resources
from shared.messaging.publishing import Messaging

if TYPE_CHECKING:
    from datetime import timedelta

    from shared.messaging.contract import Task

P = TypeVar("P", bound=BaseModel)


class TaskSender(Protocol):
    """Has tasks done by whoever consumes their queues; in tests `SentTasks` takes its place."""

    async def enqueue(
        self,
        task: Task[P],
        payload: P,
        delay: timedelta | None = None,
        idempotency_key: str | None = None,
    ) -> str:
        """Return the task's id once the broker has it; two calls with one key are one task.

        Raises UnavailableError, ConflictError for a key with another payload, and
        PayloadTooLargeError.
        """
        ...


def _tasks_of(resources: Resources) -> TaskSender:
    return resources.get(Messaging).tasks


# Requires what `messaging_resources(Settings)` provides.
TASK_SENDER = Resource(provides=TaskSender, factory=_tasks_of, requires=(Messaging,))
