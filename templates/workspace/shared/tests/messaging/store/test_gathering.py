"""Calls made at the same time share a round trip and nothing else."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from redis import Redis

from shared.errors import UnavailableError
from shared.messaging.records import Verdict
from tests.support.tasks import subjects

if TYPE_CHECKING:
    from shared.messaging.settings import TaskSettings
    from shared.messaging.store import RedisStore


async def test_what_is_called_at_once_goes_together(store: RedisStore) -> None:
    client = store._scripts._client

    with patch.object(client, "pipeline", wraps=client.pipeline) as made:
        claims = await asyncio.gather(*(store.begin(each, 1) for each in subjects(300)))

    assert {claim.verdict for claim in claims} == {Verdict.RUN}
    assert len({claim.token for claim in claims}) == 300
    assert made.call_count == 1


async def test_one_that_fails_or_waits_no_more_leaves_the_others_alone(
    store: RedisStore, kept: TaskSettings
) -> None:
    broken, left, right = subjects(3)
    with Redis.from_url(kept.redis_url.get_secret_value()) as client:
        client.set(f"{kept.messaging_prefix}task:{broken.id}", "no record")
    leaving = asyncio.create_task(store.begin(left, 1))
    failing = asyncio.create_task(store.begin(broken, 1))
    await asyncio.sleep(0)
    leaving.cancel()

    assert (await store.begin(right, 1)).verdict == Verdict.RUN
    with pytest.raises(UnavailableError):
        await failing
    with pytest.raises(asyncio.CancelledError):
        await leaving
