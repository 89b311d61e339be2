"""A delay is as long as it was asked to be, whatever else waits."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from time import time
from typing import TYPE_CHECKING

from tests.support.messages import Note, RecordingHandler, note_task

if TYPE_CHECKING:
    from tests.support.sides import Side


async def test_a_short_delay_does_not_wait_for_a_long_one(one: Side, queue: str) -> None:
    recording, task, tasks = RecordingHandler(), note_task(queue), one.messaging.tasks
    await one.consume_notes(recording, task)

    waits = {"slow": 1.4, "never": 3600, "quick": 0.3, "middle": 0.8, "now": 0}
    # All at once: how long one takes to be sent says nothing about the order.
    await asyncio.gather(
        *(
            tasks.enqueue(task, Note(text=text), delay=timedelta(seconds=seconds))
            for text, seconds in waits.items()
        )
    )

    await recording.reach(4)
    assert recording.texts == ["now", "quick", "middle", "slow"]


async def test_a_delayed_task_is_not_early(one: Side, queue: str) -> None:
    recording, task = RecordingHandler(), note_task(queue)
    await one.consume_notes(recording, task)
    started = time()

    await one.messaging.tasks.enqueue(task, Note(text="a"), delay=timedelta(seconds=0.55))

    await recording.reach(1)
    assert time() - started >= 0.55
