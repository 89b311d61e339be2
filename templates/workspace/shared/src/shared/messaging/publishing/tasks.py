"""Gives tasks to whoever consumes their queue."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol, TypeVar
from uuid import UUID, uuid4, uuid5

from opentelemetry import propagate
from pydantic import BaseModel

from shared.correlation import current_request_id, new_request_id
from shared.errors import ConflictError, PayloadTooLargeError, UnavailableError
from shared.messaging import headers
from shared.messaging.messages import Outgoing
from shared.messaging.status import TaskRegistration
from shared.messaging.topology import task_queue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.messaging.broker import Broker
    from shared.messaging.contract import Task
    from shared.messaging.metrics import MessagingMetrics
    from shared.messaging.store import RedisStore


P = TypeVar("P", bound=BaseModel)

_KEYS = UUID("0f7b8f5c-4c0b-4f0e-9d8e-6c1c4a5a7f10")
_AT_ONCE = timedelta()


def task_id(task: Task[P], key: str | None = None) -> str:
    """Return a new id, or the one of an idempotency key; raises ValueError for a key in vain."""
    if key is None:
        return str(uuid4())
    if not task.track:
        raise ValueError(f"{task.name} is not tracked, so an idempotency key would have no effect")
    return str(uuid5(_KEYS, f"{task.name}:{key}"))


class TaskSender(Protocol):
    """Gives tasks, for rules: they need to know nothing else of messages.

    In tests `SentTasks` takes its place.
    """

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


class Tasks:
    """Enqueues tasks; returns once the broker has them.

    All raise UnroutableError when nobody has ever consumed the queue, UnavailableError when the
    broker or the store is away for more than a few seconds, PayloadTooLargeError.
    """

    def __init__(
        self, broker: Broker, store: RedisStore, service: str, metrics: MessagingMetrics
    ) -> None:
        self._broker, self._store = broker, store
        self._service, self._metrics = service, metrics

    async def enqueue(
        self,
        task: Task[P],
        payload: P,
        delay: timedelta | None = None,
        idempotency_key: str | None = None,
        owner: str = "",
    ) -> str:
        """Have it done, after the delay, and return its id; the record of it keeps the owner.

        The same key gives the same id and is done once; it needs a task that is tracked. Raises
        ConflictError when the key came with another payload before.
        """
        outgoing = self._draft(task, payload, task_id(task, idempotency_key))
        if await self._is_new(task, [outgoing], delay or _AT_ONCE, owner):
            await self._send(task, [outgoing], delay or _AT_ONCE)
            if idempotency_key is not None:
                await self._store.published([outgoing.id])
        return outgoing.id

    async def enqueue_many(
        self, task: Task[P], payloads: Sequence[P], delay: timedelta | None = None
    ) -> list[str]:
        """Have all of them done, after the delay, and return their ids, in order.

        When it raises, some may have been sent nevertheless.
        """
        drafts = [self._draft(task, each, task_id(task)) for each in payloads]
        await self._is_new(task, drafts, delay or _AT_ONCE)
        await self._send(task, drafts, delay or _AT_ONCE)
        return [each.id for each in drafts]

    def _draft(self, task: Task[P], payload: P, draft_id: str) -> Outgoing:
        body = payload.model_dump_json().encode()
        if len(body) > task.limits.payload_bytes:
            message = f"the payload of {task.name} is larger than {task.limits.payload_bytes} bytes"
            raise PayloadTooLargeError(message)
        carried = {headers.TASK: task.name, headers.ATTEMPT: 1, headers.ORIGIN: self._service}
        propagate.inject(carried)
        request_id = current_request_id() or new_request_id()
        return Outgoing(id=draft_id, body=body, correlation_id=request_id, headers=carried)

    async def _is_new(
        self, task: Task[P], drafts: Sequence[Outgoing], delay: timedelta, owner: str = ""
    ) -> bool:
        if not (task.track and drafts):
            return True
        due = datetime.now(UTC) + delay if delay > _AT_ONCE else None
        answers = await self._store.register(
            [
                TaskRegistration(
                    id=each.id,
                    name=task.name,
                    queue=task_queue(task.queue),
                    digest=sha256(each.body).hexdigest(),
                    due=due,
                    owner=owner,
                )
                for each in drafts
            ]
        )
        if any(answer.conflict for answer in answers):
            message = "this idempotency key was used with another payload"
            raise ConflictError(message, code="idempotency-key-reused")
        return all(answer.publish for answer in answers)

    async def _send(self, task: Task[P], drafts: Sequence[Outgoing], delay: timedelta) -> None:
        seconds = max(delay, _AT_ONCE).total_seconds()
        try:
            await self._broker.send_all(drafts, task_queue(task.queue), seconds)
        except UnavailableError:
            # Nobody has the ids, and a status of what is not there would say queued for ever.
            if task.track:
                with suppress(UnavailableError):
                    await self._store.withdraw([each.id for each in drafts])
            raise
        self._metrics.published.labels("task", task.name).inc(len(drafts))
