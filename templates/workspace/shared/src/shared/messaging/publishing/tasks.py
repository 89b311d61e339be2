"""Gives tasks to whoever consumes their queue."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID, uuid4, uuid5

from pydantic import BaseModel

from shared.correlation import current_request_id, new_request_id
from shared.errors import ConflictError, PayloadTooLargeError
from shared.messaging import headers
from shared.messaging.outgoing import Outgoing
from shared.messaging.records import NewTask
from shared.messaging.topology import task_queue
from shared.messaging.tracing import inject_trace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from shared.messaging.broker import Broker
    from shared.messaging.contract import Task
    from shared.messaging.metrics import MessagingMetrics
    from shared.messaging.ports import Statuses

P = TypeVar("P", bound=BaseModel)

_KEYS = UUID("0f7b8f5c-4c0b-4f0e-9d8e-6c1c4a5a7f10")


class Tasks:
    """Enqueues tasks; returns once the broker has them.

    All raise UnroutableError when nobody has ever consumed the queue, UnavailableError when the
    broker or the store is away for more than a few seconds, PayloadTooLargeError.
    """

    def __init__(
        self, broker: Broker, statuses: Statuses, service: str, metrics: MessagingMetrics
    ) -> None:
        self._broker, self._statuses = broker, statuses
        self._service, self._metrics = service, metrics

    async def enqueue(
        self,
        task: Task[P],
        payload: P,
        delay: timedelta | None = None,
        idempotency_key: str | None = None,
    ) -> str:
        """Have it done, after the delay, and return its id.

        The same key gives the same id and is done once; it needs a task that is tracked. Raises
        ConflictError when the key came with another payload before.
        """
        task_id = _task_id(task, idempotency_key)
        outgoing = self._outgoing(task, payload, task_id)
        if task.track and not await self._register(task, [outgoing], delay):
            return task_id
        await self._broker.publisher.send(outgoing, task_queue(task.queue), _seconds(delay))
        self._metrics.published.labels("task", task.name).inc()
        if idempotency_key is not None:
            await self._statuses.published([task_id])
        return task_id

    async def enqueue_many(
        self, task: Task[P], payloads: Sequence[P], delay: timedelta | None = None
    ) -> list[str]:
        """Have all of them done, after the delay, and return their ids, in order."""
        outgoing = [self._outgoing(task, each, str(uuid4())) for each in payloads]
        if task.track:
            await self._register(task, outgoing, delay)
        await self._broker.publisher.send_all(outgoing, task_queue(task.queue), _seconds(delay))
        self._metrics.published.labels("task", task.name).inc(len(outgoing))
        return [each.id for each in outgoing]

    async def _register(
        self, task: Task[P], outgoing: Sequence[Outgoing], delay: timedelta | None
    ) -> bool:
        due = None if delay is None else datetime.now(UTC) + delay
        new = [
            NewTask(
                id=each.id,
                name=task.name,
                queue=task_queue(task.queue),
                digest=sha256(each.body).hexdigest(),
                due=due,
                correlation_id=each.correlation_id,
            )
            for each in outgoing
        ]
        answers = await self._statuses.register(new)
        if any(answer.conflict for answer in answers):
            message = "this idempotency key was used with another payload"
            raise ConflictError(message, code="idempotency-key-reused")
        return all(answer.publish for answer in answers)

    def _outgoing(self, task: Task[P], payload: P, task_id: str) -> Outgoing:
        body = payload.model_dump_json().encode()
        if len(body) > task.limits.payload_bytes:
            message = f"the payload of {task.name} is larger than {task.limits.payload_bytes} bytes"
            raise PayloadTooLargeError(message)
        carried = {headers.TASK: task.name, headers.ATTEMPT: 1, headers.ORIGIN: self._service}
        inject_trace(carried)
        request_id = current_request_id() or new_request_id()
        return Outgoing(id=task_id, body=body, correlation_id=request_id, headers=carried)


def _task_id(task: Task[P], key: str | None) -> str:
    if key is None:
        return str(uuid4())
    if not task.track:
        message = f"{task.name} is not tracked, so an idempotency key would have no effect"
        raise ValueError(message)
    return str(uuid5(_KEYS, f"{task.name}:{key}"))


def _seconds(delay: timedelta | None) -> float:
    return 0.0 if delay is None else max(0.0, delay.total_seconds())
