"""A task that cannot be taken on is an error."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from shared.errors import PayloadTooLargeError
from shared.messaging.errors import UnroutableError
from tests.support.messages import Note, note_task

if TYPE_CHECKING:
    from tests.support.sides import Side


async def test_a_task_that_nobody_takes_is_an_error(one: Side, queue: str) -> None:
    tasks = one.messaging.tasks

    with pytest.raises(UnroutableError):
        await tasks.enqueue(note_task(queue), Note(text="a"))
    with pytest.raises(UnroutableError):
        await tasks.enqueue(note_task(queue), Note(text="a"), delay=timedelta(seconds=1))
    with pytest.raises(UnroutableError):
        await tasks.enqueue_many(note_task(queue), [Note(text="a")])


async def test_a_payload_over_the_limit_is_refused(one: Side, queue: str) -> None:
    with pytest.raises(PayloadTooLargeError):
        await one.messaging.tasks.enqueue(note_task(queue), Note(text="a" * 200))
