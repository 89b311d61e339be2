"""A message takes effect once, whoever gets it and however often."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from shared.messaging.status import ClaimKey, ClaimResult
from tests.messaging.store.conftest import LEASE_SECONDS

if TYPE_CHECKING:
    from shared.messaging.store import RedisStore

WORKERS = 50


async def test_of_many_at_once_exactly_one_runs_it(store: RedisStore, claim_key: ClaimKey) -> None:
    claims = await asyncio.gather(*(store.begin(claim_key, 1) for _ in range(WORKERS)))
    results = Counter(claim.result for claim in claims)
    assert results == {ClaimResult.RUN: 1, ClaimResult.BUSY: WORKERS - 1}
    assert all(0 < claim.seconds <= LEASE_SECONDS for claim in claims if not claim.token)


async def test_what_is_done_or_has_failed_for_good_is_not_run_again(
    store: RedisStore, claim_key: ClaimKey
) -> None:
    claim = await store.begin(claim_key, 1)
    assert await store.complete(claim_key, claim.token, seconds=0.1, result=None)
    assert (await store.begin(claim_key, 1)).result is ClaimResult.DONE
    buried = ClaimKey(id=f"{claim_key.id}-2", name=claim_key.name, queue=claim_key.queue)
    claim = await store.begin(buried, 1)
    assert await store.fail(buried, claim.token, seconds=0.1, error="Error", reason="permanent")
    assert (await store.begin(buried, 2)).result is ClaimResult.DONE
