"""A Redis that has forgotten the scripts learns them anew."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from redis import Redis

from shared.messaging.status import ClaimResult
from tests.support.tasks import claim_keys

if TYPE_CHECKING:
    from shared.messaging.settings import TaskSettings
    from shared.messaging.store import RedisStore


async def test_a_redis_that_has_forgotten_the_scripts_learns_them_anew(
    store: RedisStore, kept: TaskSettings
) -> None:
    first, *others = claim_keys(5)
    await store.begin(first, 1)
    with Redis.from_url(kept.redis_url.get_secret_value()) as client:
        client.script_flush()

    claims = await asyncio.gather(*(store.begin(each, 1) for each in others))

    assert {claim.result for claim in claims} == {ClaimResult.RUN}
