"""Whoever loses the claim to a message stops handling it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from redis import Redis

from shared.messaging.status import ClaimKey, ClaimResult, State
from tests.support.messages import Note, RecordingHandler, blocked, note_task
from tests.support.sides import side

if TYPE_CHECKING:
    from shared.messaging.consuming import MessageContext
    from shared.messaging.settings import TaskSettings
    from tests.support.sides import Side


async def test_a_handler_whose_claim_is_lost_is_cancelled_and_writes_nothing(
    tasks: TaskSettings, one: Side, queue: str
) -> None:
    cancelled = asyncio.Event()

    async def hang(_: str, __: MessageContext) -> None:
        try:
            await blocked()
        finally:
            cancelled.set()

    recording, task = RecordingHandler(hang), note_task(queue, seconds=60)
    async with side(tasks.model_copy(update={"task_claim_seconds": 1})) as losing:
        await losing.consume_notes(recording, task)
        task_id = await losing.messaging.tasks.enqueue(task, Note(text="a"))
        await recording.reach(1)

        key = ClaimKey(id=task_id, name="note", queue=f"tasks.{queue}")
        with Redis.from_url(tasks.redis_url.get_secret_value()) as client:
            client.hset(f"{tasks.messaging_prefix}task:{task_id}", "lease", 0)
        claim = await one.store.begin(key, 1)
        assert claim.result is ClaimResult.RUN

        async with asyncio.timeout(30):
            await cancelled.wait()
        assert await one.state(task_id) is State.RUNNING
        assert await one.store.complete(key, claim.token, seconds=0.1, result=None)
        await one.hold(f"tasks.{queue}", 0)
    assert await one.state(task_id) is State.DONE
    assert len(recording.calls) == 1
