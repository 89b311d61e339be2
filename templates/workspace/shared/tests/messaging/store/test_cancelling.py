"""Only what has not begun can be cancelled, whoever runs it meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.messaging.status import CancelOutcome, ClaimResult, RegisterResult
from tests.support.tasks import claim_key, task

if TYPE_CHECKING:
    from shared.messaging.store import RedisStore

NEW, KNOWN = RegisterResult(publish=True), RegisterResult(publish=False)


async def test_only_what_has_not_begun_can_be_cancelled(store: RedisStore) -> None:
    await store.register([task("1"), task("2"), task("3")])
    assert await store.cancel("1") is CancelOutcome.CANCELLED
    assert await store.cancel("1") is CancelOutcome.CANCELLED
    assert (await store.begin(claim_key("1"), 1)).result is ClaimResult.CANCELLED
    claim = await store.begin(claim_key("2"), 1)
    assert await store.cancel("2") is CancelOutcome.TOO_LATE
    await store.complete(claim_key("2"), claim.token, seconds=0.1, result=None)
    assert await store.cancel("2") is CancelOutcome.TOO_LATE
    claim = await store.begin(claim_key("3"), 1)
    await store.retry(claim_key("3"), claim.token, seconds=0, error="E", due=datetime.now(UTC))
    assert await store.cancel("3") is CancelOutcome.CANCELLED
    assert await store.cancel("nobody") is CancelOutcome.UNKNOWN
