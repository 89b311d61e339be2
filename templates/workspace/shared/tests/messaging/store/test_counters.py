"""Counters add up over workers and forget the dead."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from shared.messaging.store import open_store
from shared.testing import wait_until
from tests.support.tasks import QUEUE, claim_key

if TYPE_CHECKING:
    from shared.messaging.settings import TaskSettings
    from shared.messaging.store import RedisStore


async def test_counters_add_up_over_workers_and_forget_the_dead(
    kept: TaskSettings, store: RedisStore
) -> None:
    due = datetime.now(UTC)
    async with open_store(kept) as another:
        for number, worker in enumerate((store, another, another)):
            claim = await worker.begin(claim_key(f"done-{number}"), 1)
            settled = claim_key(f"done-{number}")
            await worker.complete(settled, claim.token, seconds=float(number), result=None)
        claim = await another.begin(claim_key("again"), 1)
        await another.retry(claim_key("again"), claim.token, seconds=5.0, error="E", due=due)
        claim = await store.begin(claim_key("bad"), 1)
        await store.fail(claim_key("bad"), claim.token, seconds=2.0, error="E", reason="permanent")
        await store.fail(claim_key("poison"), "", seconds=0.0, error="E", reason="invalid-json")
        await store.begin(claim_key("in hand"), 1)
        await another.begin(claim_key("of the dead"), 1)
        counted = (await store.counters([QUEUE]))[QUEUE]
        assert (counted.processed, counted.retried, counted.failed) == (3, 1, 2)
        assert (counted.in_flight, counted.seconds_max) == (2, 5.0)
        assert counted.seconds_mean == (0 + 1 + 2 + 5 + 2 + 0) / 6

    async def only_the_living_has_some() -> bool:
        return (await store.counters([QUEUE]))[QUEUE].in_flight == 1

    await wait_until(only_the_living_has_some)
