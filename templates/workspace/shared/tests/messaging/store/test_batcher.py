"""Calls made at the same time share a round trip and nothing else."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from anyio import fail_after
from redis import Redis

from shared.background import cancel_all
from shared.errors import UnavailableError
from shared.messaging.status import ClaimResult
from tests.support.tasks import claim_keys

if TYPE_CHECKING:
    from shared.messaging.settings import TaskSettings
    from shared.messaging.store import RedisStore


async def test_what_is_called_at_once_goes_together(store: RedisStore) -> None:
    client = store._scripts._client

    with patch.object(client, "pipeline", wraps=client.pipeline) as made:
        claims = await asyncio.gather(*(store.begin(each, 1) for each in claim_keys(300)))

    assert {claim.result for claim in claims} == {ClaimResult.RUN}
    assert len({claim.token for claim in claims}) == 300
    assert made.call_count == 1


async def test_one_that_fails_or_waits_no_more_leaves_the_others_alone(
    store: RedisStore, kept: TaskSettings
) -> None:
    broken, left, right = claim_keys(3)
    with Redis.from_url(kept.redis_url.get_secret_value()) as client:
        client.set(f"{kept.messaging_prefix}task:{broken.id}", "no record")
    leaving = asyncio.create_task(store.begin(left, 1))
    failing = asyncio.create_task(store.begin(broken, 1))
    await asyncio.sleep(0)
    leaving.cancel()

    assert (await store.begin(right, 1)).result == ClaimResult.RUN
    with pytest.raises(UnavailableError):
        await failing
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_whatever_goes_wrong_each_caller_is_told(store: RedisStore) -> None:
    client = store._scripts._client
    with patch.object(client, "pipeline", side_effect=LookupError("on purpose")):
        calls = [store.begin(each, 1) for each in claim_keys(3)]
        with fail_after(60):
            outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(each) for each in outcomes] == [LookupError] * 3
    assert (await store.begin(claim_keys(1)[0], 1)).result is ClaimResult.RUN


async def test_a_batch_that_is_cut_off_leaves_nobody_waiting(store: RedisStore) -> None:
    calling = [asyncio.create_task(store.begin(each, 1)) for each in claim_keys(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    sending = store._scripts.batcher._sending
    assert sending is not None
    await cancel_all([sending])
    with fail_after(60):
        outcomes = await asyncio.gather(*calling, return_exceptions=True)
    assert [type(each) for each in outcomes] == [UnavailableError] * 3


async def test_of_scripts_that_redis_has_forgotten_one_that_fails_fails_alone(
    store: RedisStore, kept: TaskSettings
) -> None:
    broken, left, right = claim_keys(3)
    with Redis.from_url(kept.redis_url.get_secret_value()) as client:
        client.set(f"{kept.messaging_prefix}task:{broken.id}", "no record")
        client.script_flush()
    calls = (store.begin(each, 1) for each in (left, broken, right))

    outcomes = await asyncio.gather(*calls, return_exceptions=True)

    assert isinstance(outcomes[1], UnavailableError)
    assert [getattr(outcomes[each], "result", None) for each in (0, 2)] == [ClaimResult.RUN] * 2
