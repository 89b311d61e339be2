"""What is published is right, whoever runs it meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.messaging.status import RegisterResult
from tests.support.tasks import claim_key, task

if TYPE_CHECKING:
    from shared.messaging.store import RedisStore

NEW, KNOWN = RegisterResult(publish=True), RegisterResult(publish=False)
CONFLICT = RegisterResult(publish=False, conflict=True)


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
    await store.begin(claim_key("2"), 1)
    await store.published(["3"])
    await store.withdraw(["1", "2", "3"])
    assert [await store.get(each) is not None for each in ("1", "2", "3")] == [False, True, True]
