"""A task's life can be followed, whoever worked on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from shared.messaging.status import State
from tests.support.tasks import claim_key, task

if TYPE_CHECKING:
    from shared.messaging.store import RedisStore


async def test_a_tasks_life_can_be_followed(store: RedisStore) -> None:
    due = datetime.now(UTC) + timedelta(seconds=5)
    await store.register([task("1", due=due)])
    queued = await store.get("1")
    assert queued is not None
    assert (queued.state, queued.attempts) == (State.QUEUED, 0)
    assert abs((queued.due_at or due) - due) < timedelta(milliseconds=2)
    claim = await store.begin(claim_key("1"), 1)
    running = await store.get("1")
    assert running is not None
    assert (running.state, running.attempts, running.due_at) == (State.RUNNING, 1, None)
    assert running.started_at is not None
    await store.retry(claim_key("1"), claim.token, seconds=1.0, error="Error: no", due=due)
    retrying = await store.get("1")
    assert retrying is not None
    assert (retrying.state, retrying.error) == (State.RETRYING, "Error: no")

    claim = await store.begin(claim_key("1"), 2)
    await store.complete(claim_key("1"), claim.token, seconds=2.0, result=b'{"width":3}')
    done = await store.get("1")
    assert done is not None
    assert (done.state, done.attempts, done.result) == (State.DONE, 2, {"width": 3})
    assert done.error is None
    assert done.finished_at is not None
    assert await store.get("nobody") is None


async def test_a_task_keeps_its_owner_whatever_becomes_of_it(store: RedisStore) -> None:
    await store.register([replace(task("1"), owner="ada"), task("2")])
    claim = await store.begin(claim_key("1"), 1)
    await store.complete(claim_key("1"), claim.token, seconds=2.0, result=None)
    known = [await store.get(each) for each in ("1", "2")]
    assert [status and status.owner for status in known] == ["ada", ""]
