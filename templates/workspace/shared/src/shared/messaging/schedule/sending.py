"""Enqueues the task of a schedule for one of its times."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from shared.errors import ConflictError
from shared.messaging.publishing.drafts import task_id

if TYPE_CHECKING:
    from datetime import datetime

    from shared.messaging.publishing import Messaging
    from shared.messaging.schedule.schedules import Schedule

_log = structlog.stdlib.get_logger(__name__)


async def send(messaging: Messaging, schedule: Schedule, due: datetime) -> None:
    """Enqueue it; called again for the same time, it takes effect once nevertheless."""
    key, payload = f"schedule:{schedule.name}:{due.isoformat()}", schedule.payload_at(due)
    enqueue = messaging.tasks.enqueue
    try:
        await enqueue(schedule.task, payload, idempotency_key=key)
    except ConflictError:
        _log.warning("another payload was made before", schedule=schedule.name)
        # If its maker died before the broker had it, this one takes its place.
        await messaging.status.withdraw([task_id(schedule.task, key)])
        with suppress(ConflictError):
            await enqueue(schedule.task, payload, idempotency_key=key)
