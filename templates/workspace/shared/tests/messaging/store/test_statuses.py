"""What is known of tasks and queues is right, whoever worked on them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from shared.messaging.records import NewTask, Subject
from shared.messaging.status import State
from shared.messaging.store import open_store
from shared.testing import wait_until

if TYPE_CHECKING:
    from shared.messaging.settings import TaskSettings
    from shared.messaging.store import RedisStore

QUEUE = "tasks.media"


def task(task_id: str, digest: str = "a", due: datetime | None = None) -> NewTask:
    return NewTask(id=task_id, name="media.process", queue=QUEUE, digest=digest, due=due)


def subject_of(task_id: str) -> Subject:
    return Subject(id=task_id, name="media.process", queue=QUEUE)


async def test_a_tasks_life_can_be_followed(store: RedisStore) -> None:
    due = datetime.now(UTC) + timedelta(seconds=5)
    await store.register([task("1", due=due)])
    queued = await store.get("1")
    assert queued is not None
    assert (queued.state, queued.attempts) == (State.QUEUED, 0)
    assert abs((queued.due_at or due) - due) < timedelta(milliseconds=2)
    claim = await store.begin(subject_of("1"), 1)
    running = await store.get("1")
    assert running is not None
    assert (running.state, running.attempts, running.due_at) == (State.RUNNING, 1, None)
    assert running.started_at is not None
    await store.retry(subject_of("1"), claim.token, seconds=1.0, error="Error: no", due=due)
    retrying = await store.get("1")
    assert retrying is not None
    assert (retrying.state, retrying.error) == (State.RETRYING, "Error: no")

    claim = await store.begin(subject_of("1"), 2)
    await store.complete(subject_of("1"), claim.token, seconds=2.0, result=b'{"width":3}')
    done = await store.get("1")
    assert done is not None
    assert (done.state, done.attempts, done.result) == (State.DONE, 2, {"width": 3})
    assert done.error is None
    assert done.finished_at is not None
    assert await store.get("nobody") is None


async def test_counters_add_up_over_workers_and_forget_the_dead(
    kept: TaskSettings, store: RedisStore
) -> None:
    due = datetime.now(UTC)
    async with open_store(kept) as another:
        for number, worker in enumerate((store, another, another)):
            claim = await worker.begin(subject_of(f"done-{number}"), 1)
            settled = subject_of(f"done-{number}")
            await worker.complete(settled, claim.token, seconds=float(number), result=None)
        claim = await another.begin(subject_of("again"), 1)
        await another.retry(subject_of("again"), claim.token, seconds=5.0, error="E", due=due)
        claim = await store.begin(subject_of("bad"), 1)
        await store.fail(subject_of("bad"), claim.token, seconds=2.0, error="E", reason="permanent")
        await store.fail(subject_of("poison"), "", seconds=0.0, error="E", reason="invalid-json")
        await store.begin(subject_of("in hand"), 1)
        await another.begin(subject_of("of the dead"), 1)
        counted = (await store.counters([QUEUE]))[QUEUE]
        assert (counted.processed, counted.retried, counted.failed) == (3, 1, 2)
        assert (counted.in_flight, counted.seconds_max) == (2, 5.0)
        assert counted.seconds_mean == (0 + 1 + 2 + 5 + 2 + 0) / 6

    async def only_the_living_has_some() -> bool:
        return (await store.counters([QUEUE]))[QUEUE].in_flight == 1

    await wait_until(only_the_living_has_some)
