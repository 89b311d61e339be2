"""What is published, cancelled or opened again is right, whoever runs it meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.messaging.records import NewTask, Registered, Subject, Verdict
from shared.messaging.status import CancelOutcome, State

if TYPE_CHECKING:
    from shared.messaging.store import RedisStore

NEW, KNOWN = Registered(publish=True), Registered(publish=False)
CONFLICT = Registered(publish=False, conflict=True)
QUEUE = "tasks.media"


def task(task_id: str, digest: str = "a", due: datetime | None = None) -> NewTask:
    return NewTask(id=task_id, name="media.process", queue=QUEUE, digest=digest, due=due)


def subject_of(task_id: str) -> Subject:
    return Subject(id=task_id, name="media.process", queue=QUEUE)


async def test_a_key_is_published_once_and_its_payload_stays_the_same(store: RedisStore) -> None:
    assert await store.register([task("1"), task("2")]) == [NEW, NEW]
    # The first call died before its message was confirmed.
    assert await store.register([task("1")]) == [NEW]
    await store.published(["1", "never registered"])
    assert await store.register([task("1"), task("1", "b"), task("2")]) == [KNOWN, CONFLICT, NEW]
    assert await store.get("never registered") is None


async def test_what_could_not_be_published_is_forgotten_but_not_what_runs(
    store: RedisStore,
) -> None:
    await store.register([task("1"), task("2"), task("3")])
    await store.begin(subject_of("2"), 1)
    await store.published(["3"])
    await store.withdraw(["1", "2", "3"])
    assert [await store.get(each) is not None for each in ("1", "2", "3")] == [False, True, True]


async def test_only_what_has_not_begun_can_be_cancelled(store: RedisStore) -> None:
    await store.register([task("1"), task("2"), task("3")])
    assert await store.cancel("1") is CancelOutcome.CANCELLED
    assert await store.cancel("1") is CancelOutcome.CANCELLED
    assert (await store.begin(subject_of("1"), 1)).verdict is Verdict.CANCELLED
    claim = await store.begin(subject_of("2"), 1)
    assert await store.cancel("2") is CancelOutcome.TOO_LATE
    await store.complete(subject_of("2"), claim.token, seconds=0.1, result=None)
    assert await store.cancel("2") is CancelOutcome.TOO_LATE
    claim = await store.begin(subject_of("3"), 1)
    await store.retry(subject_of("3"), claim.token, seconds=0, error="E", due=datetime.now(UTC))
    assert await store.cancel("3") is CancelOutcome.CANCELLED
    assert await store.cancel("nobody") is CancelOutcome.UNKNOWN


async def test_what_failed_for_good_can_be_opened_again_and_nothing_else(store: RedisStore) -> None:
    claim = await store.begin(subject_of("1"), 5)
    await store.fail(subject_of("1"), claim.token, seconds=0, error="E", reason="retries-exhausted")
    claim = await store.begin(subject_of("2"), 1)
    await store.complete(subject_of("2"), claim.token, seconds=0, result=None)
    await store.reopen([subject_of("1"), subject_of("2"), subject_of("3")])
    opened = await store.get("1")
    assert opened is not None
    assert (opened.state, opened.attempts, opened.error) == (State.QUEUED, 0, None)
    assert (await store.begin(subject_of("1"), 1)).verdict is Verdict.RUN
    assert (await store.begin(subject_of("2"), 1)).verdict is Verdict.DONE


async def test_a_message_that_nobody_could_read_does_not_overrule_who_runs_it(
    store: RedisStore,
) -> None:
    await store.begin(subject_of("1"), 1)
    assert not await store.fail(subject_of("1"), "", seconds=0, error="E", reason="invalid-json")
