"""Turns a record in Redis into what is known of a task."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic_core import from_json

from shared.messaging.status import State, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Mapping


def status_of(task_id: str, found: Mapping[str, str]) -> TaskStatus:
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
