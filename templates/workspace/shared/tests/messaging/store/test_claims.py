"""A message takes effect once, whoever gets it and however often."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from shared.messaging.records import Subject, Verdict
from tests.messaging.store.conftest import LEASE_SECONDS

if TYPE_CHECKING:
    from shared.messaging.store import RedisStore

WORKERS = 50


async def test_of_many_at_once_exactly_one_runs_it(store: RedisStore, subject: Subject) -> None:
    claims = await asyncio.gather(*(store.begin(subject, 1) for _ in range(WORKERS)))
    verdicts = Counter(claim.verdict for claim in claims)
    assert verdicts == {Verdict.RUN: 1, Verdict.BUSY: WORKERS - 1}
    assert all(0 < claim.seconds <= LEASE_SECONDS for claim in claims if not claim.token)


async def test_what_is_done_or_has_failed_for_good_is_not_run_again(
    store: RedisStore, subject: Subject
) -> None:
    claim = await store.begin(subject, 1)
    assert await store.complete(subject, claim.token, seconds=0.1, result=None)
    assert (await store.begin(subject, 1)).verdict is Verdict.DONE
    buried = Subject(id=f"{subject.id}-2", name=subject.name, queue=subject.queue)
    claim = await store.begin(buried, 1)
    assert await store.fail(buried, claim.token, seconds=0.1, error="Error", reason="permanent")
    assert (await store.begin(buried, 2)).verdict is Verdict.DONE
