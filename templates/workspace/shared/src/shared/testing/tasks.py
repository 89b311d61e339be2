"""Takes the place of what gives tasks, in tests of rules: no broker, no Redis."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import BaseModel

from shared.errors import ConflictError
from shared.messaging.publishing.tasks import task_id

if TYPE_CHECKING:
    from datetime import timedelta

    from shared.messaging.contract import Task

P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class SentTask:
    """A task that was given."""

    id: str
    task: Task[Any]
    payload: BaseModel
    delay: timedelta | None


@dataclass
class SentTasks:
    """A `TaskSender` that keeps what it is given; keys count as they do in earnest."""

    tasks: list[SentTask] = field(default_factory=list)

    async def enqueue(
        self,
        task: Task[P],
        payload: P,
        delay: timedelta | None = None,
        idempotency_key: str | None = None,
    ) -> str:
        """Keep it, unless its key was used before; raises ConflictError as the real one does."""
        given = SentTask(id=task_id(task, idempotency_key), task=task, payload=payload, delay=delay)
        before = next((each for each in self.tasks if each.id == given.id), None)
        if before is None:
            self.tasks.append(given)
        elif before.payload != payload:
            message = "this idempotency key was used with another payload"
            raise ConflictError(message, code="idempotency-key-reused")
        return given.id

    def payloads(self, task: Task[P]) -> list[P]:
        """Return what was given for this task, in order."""
        return [cast("P", each.payload) for each in self.tasks if each.task.name == task.name]
