"""A claim lasts as long as its owner lives, and no longer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from anyio import fail_after
from pydantic import SecretStr
from redis import Redis

from shared.errors import UnavailableError
from shared.messaging.status import ClaimKey, ClaimResult, State
from shared.messaging.store import open_store
from shared.testing import proxy, wait_until
from tests.messaging.store.conftest import LEASE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.messaging.settings import TaskSettings
    from shared.messaging.store import RedisStore


async def test_a_claim_outlasts_its_lease_while_its_owner_lives(
    store: RedisStore, other: RedisStore, claim_key: ClaimKey
) -> None:
    await store.begin(claim_key, 1)
    deadline = asyncio.get_running_loop().time() + 2 * LEASE_SECONDS

    async def still_busy() -> bool:
        assert (await other.begin(claim_key, 1)).result is ClaimResult.BUSY
        return asyncio.get_running_loop().time() > deadline

    await wait_until(still_busy)


async def test_the_claim_of_a_dead_worker_passes_on_and_he_can_write_no_more(
    kept: TaskSettings, store: RedisStore, claim_key: ClaimKey
) -> None:
    async with open_store(kept) as dying:
        lost = await dying.begin(claim_key, 1)

    async def taken_over() -> bool:
        return (await store.begin(claim_key, 1)).result is ClaimResult.RUN

    await wait_until(taken_over)
    assert not await store.complete(claim_key, lost.token, seconds=0.1, result=None)
    found = await store.get(claim_key.id)
    assert found is not None
    assert found.state is State.RUNNING


async def test_an_event_is_claimed_once_for_each_queue(store: RedisStore) -> None:
    one = ClaimKey(id="1", name="user.created", queue="events.a.users", is_event=True)
    two = ClaimKey(id="1", name="user.created", queue="events.b.users", is_event=True)
    claim = await store.begin(one, 1)
    assert await store.complete(one, claim.token, seconds=0.1, result=None)
    assert (await store.begin(one, 1)).result is ClaimResult.DONE
    assert (await store.begin(two, 1)).result is ClaimResult.RUN
    assert await store.get("1") is None


async def test_when_redis_was_emptied_the_owner_goes_on_and_nobody_runs_it_after_him(
    store: RedisStore, other: RedisStore, keys_gone: Callable[[], None], claim_key: ClaimKey
) -> None:
    claim = await store.begin(claim_key, 1)
    keys_gone()
    await store.leases.renew()
    assert (await other.begin(claim_key, 1)).result is ClaimResult.BUSY
    keys_gone()
    assert await store.complete(claim_key, claim.token, seconds=0.1, result=None)
    assert (await other.begin(claim_key, 1)).result is ClaimResult.DONE


async def test_without_redis_there_is_no_claim_and_those_held_are_renewed_when_it_is_back(
    kept: TaskSettings, other: RedisStore, claim_key: ClaimKey
) -> None:
    url = urlsplit(kept.redis_url.get_secret_value())
    async with proxy(url.hostname or "", url.port or 6379) as between:
        password = f":{url.password}@" if url.password else ""
        moved = url._replace(netloc=f"{password}127.0.0.1:{between.port}").geturl()
        settings = kept.model_copy(update={"redis_url": SecretStr(moved)})
        async with open_store(settings) as store:
            claim = await store.begin(claim_key, 1)
            await between.cut()
            with pytest.raises(UnavailableError):
                await store.begin(claim_key, 1)
            with pytest.raises(UnavailableError):
                await store.ping()

            async def over() -> bool:
                return (await other.counters([claim_key.queue]))[claim_key.queue].in_flight == 0

            await wait_until(over)
            await between.join()
            await store.leases.renew()
            assert not await over()
            assert await store.complete(claim_key, claim.token, seconds=0.1, result=None)


async def test_whoever_loses_a_claim_is_told(
    kept: TaskSettings, store: RedisStore, other: RedisStore, claim_key: ClaimKey
) -> None:
    lost = asyncio.Event()
    claim = await store.begin(claim_key, 1)
    store.when_lost(claim.token, lost.set)
    with Redis.from_url(kept.redis_url.get_secret_value()) as client:
        client.hset(f"{kept.messaging_prefix}task:{claim_key.id}", "lease", 0)
    assert (await other.begin(claim_key, 1)).result is ClaimResult.RUN

    with fail_after(60):
        await lost.wait()


async def test_an_event_is_remembered_for_hours_and_a_task_for_longer(
    kept: TaskSettings, claim_key: ClaimKey
) -> None:
    event = ClaimKey(id="1", name="user.created", queue="events.a.users", is_event=True)
    lasting = kept.model_copy(update={"event_claim_seconds": 50, "task_status_seconds": 500})
    async with open_store(lasting) as store:
        for each in (event, claim_key):
            claim = await store.begin(each, 1)
            await store.complete(each, claim.token, seconds=0.1, result=None)
    with Redis.from_url(kept.redis_url.get_secret_value()) as client:
        prefix = kept.messaging_prefix
        assert 0 < client.ttl(f"{prefix}event:events.a.users:1") <= 50
        assert 50 < client.ttl(f"{prefix}task:{claim_key.id}") <= 500
