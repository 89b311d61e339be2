"""Makes the messages of tasks."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID, uuid4, uuid5

from pydantic import BaseModel

from shared.correlation import current_request_id, new_request_id
from shared.errors import PayloadTooLargeError
from shared.messaging import headers
from shared.messaging.outgoing import Outgoing
from shared.messaging.records import NewTask
from shared.messaging.topology import task_queue
from shared.messaging.tracing import inject_trace

if TYPE_CHECKING:
    from datetime import datetime

    from shared.messaging.contract import Task

P = TypeVar("P", bound=BaseModel)

_KEYS = UUID("0f7b8f5c-4c0b-4f0e-9d8e-6c1c4a5a7f10")


def task_id(task: Task[P], key: str | None = None) -> str:
    """Return a new id, or the one of an idempotency key; raises ValueError for a key in vain."""
    if key is None:
        return str(uuid4())
    if not task.track:
        message = f"{task.name} is not tracked, so an idempotency key would have no effect"
        raise ValueError(message)
    return str(uuid5(_KEYS, f"{task.name}:{key}"))


def draft(task: Task[P], payload: P, draft_id: str, origin: str) -> Outgoing:
    """Return the message of a task, for the request being served; raises PayloadTooLargeError."""
    body = payload.model_dump_json().encode()
    if len(body) > task.limits.payload_bytes:
        message = f"the payload of {task.name} is larger than {task.limits.payload_bytes} bytes"
        raise PayloadTooLargeError(message)
    carried = {headers.TASK: task.name, headers.ATTEMPT: 1, headers.ORIGIN: origin}
    inject_trace(carried)
    request_id = current_request_id() or new_request_id()
    return Outgoing(id=draft_id, body=body, correlation_id=request_id, headers=carried)


def record(task: Task[P], outgoing: Outgoing, due: datetime | None, owner: str = "") -> NewTask:
    """Return what the store is told about a task before it is published."""
    return NewTask(
        id=outgoing.id,
        name=task.name,
        queue=task_queue(task.queue),
        digest=sha256(outgoing.body).hexdigest(),
        due=due,
        correlation_id=outgoing.correlation_id,
        owner=owner,
    )
