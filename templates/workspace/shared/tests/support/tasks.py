"""Tasks and their claim_keys, as the tests of the store name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.messaging.status import ClaimKey, TaskRegistration

if TYPE_CHECKING:
    from datetime import datetime

QUEUE = "tasks.media"


def task(task_id: str, digest: str = "a", due: datetime | None = None) -> TaskRegistration:
    return TaskRegistration(id=task_id, name="media.process", queue=QUEUE, digest=digest, due=due)


def claim_key(task_id: str) -> ClaimKey:
    return ClaimKey(id=task_id, name="media.process", queue=QUEUE)


def claim_keys(count: int) -> list[ClaimKey]:
    return [ClaimKey(id=f"t{each}", name="n", queue="tasks.q") for each in range(count)]
