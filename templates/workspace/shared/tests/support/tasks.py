"""Tasks and their subjects, as the tests of the store name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.messaging.records import NewTask, Subject

if TYPE_CHECKING:
    from datetime import datetime

QUEUE = "tasks.media"


def task(task_id: str, digest: str = "a", due: datetime | None = None) -> NewTask:
    return NewTask(id=task_id, name="media.process", queue=QUEUE, digest=digest, due=due)


def subject_of(task_id: str) -> Subject:
    return Subject(id=task_id, name="media.process", queue=QUEUE)


def subjects(count: int) -> list[Subject]:
    return [Subject(id=f"t{each}", name="n", queue="tasks.q") for each in range(count)]
