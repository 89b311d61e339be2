"""A claim that was let go, or an attempt that failed, lets the next one begin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from shared.messaging.status import ClaimKey, ClaimResult

if TYPE_CHECKING:
    from shared.messaging.store import RedisStore


async def test_a_failed_attempt_is_not_begun_again_but_the_next_one_is(
    store: RedisStore, claim_key: ClaimKey
) -> None:
    claim = await store.begin(claim_key, 1)
    due = datetime.now(UTC) + timedelta(seconds=5)
    assert await store.retry(claim_key, claim.token, seconds=0.1, error="Error: no", due=due)
    assert (await store.begin(claim_key, 1)).result is ClaimResult.DONE
    assert (await store.begin(claim_key, 2)).result is ClaimResult.RUN


async def test_a_released_claim_can_be_had_at_once(
    store: RedisStore, other: RedisStore, claim_key: ClaimKey
) -> None:
    claim = await store.begin(claim_key, 1)
    assert await store.release(claim_key, claim.token)
    assert not await store.release(claim_key, claim.token)
    assert (await other.begin(claim_key, 1)).result is ClaimResult.RUN
