"""A claim lasts as long as its owner lives, and no longer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from shared.errors import UnavailableError
from shared.messaging.records import Subject, Verdict
from shared.messaging.status import State
from shared.messaging.store import open_store
from shared.testing import proxy, wait_until
from tests.messaging.store.conftest import LEASE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.messaging.settings import TaskSettings
    from shared.messaging.store import RedisStore


async def test_a_claim_outlasts_its_lease_while_its_owner_lives(
    store: RedisStore, other: RedisStore, subject: Subject
) -> None:
    await store.begin(subject, 1)
    deadline = asyncio.get_running_loop().time() + 2 * LEASE_SECONDS

    async def still_busy() -> bool:
        assert (await other.begin(subject, 1)).verdict is Verdict.BUSY
        return asyncio.get_running_loop().time() > deadline

    await wait_until(still_busy)


async def test_the_claim_of_a_dead_worker_passes_on_and_he_can_write_no_more(
    kept: TaskSettings, store: RedisStore, subject: Subject
) -> None:
    async with open_store(kept) as dying:
        lost = await dying.begin(subject, 1)

    async def taken_over() -> bool:
        return (await store.begin(subject, 1)).verdict is Verdict.RUN

    await wait_until(taken_over)
    assert not await store.complete(subject, lost.token, seconds=0.1, result=None)
    found = await store.get(subject.id)
    assert found is not None
    assert found.state is State.RUNNING


async def test_an_event_is_claimed_once_for_each_queue(store: RedisStore) -> None:
    one = Subject(id="1", name="user.created", queue="events.a.users", is_event=True)
    two = Subject(id="1", name="user.created", queue="events.b.users", is_event=True)
    claim = await store.begin(one, 1)
    assert await store.complete(one, claim.token, seconds=0.1, result=None)
    assert (await store.begin(one, 1)).verdict is Verdict.DONE
    assert (await store.begin(two, 1)).verdict is Verdict.RUN
    assert await store.get("1") is None


async def test_when_redis_was_emptied_the_owner_goes_on_and_nobody_runs_it_after_him(
    store: RedisStore, other: RedisStore, keys_gone: Callable[[], None], subject: Subject
) -> None:
    claim = await store.begin(subject, 1)
    keys_gone()
    await store.held.renew()
    assert (await other.begin(subject, 1)).verdict is Verdict.BUSY
    keys_gone()
    assert await store.complete(subject, claim.token, seconds=0.1, result=None)
    assert (await other.begin(subject, 1)).verdict is Verdict.DONE


async def test_without_redis_there_is_no_claim_and_those_held_are_renewed_when_it_is_back(
    kept: TaskSettings, other: RedisStore, subject: Subject
) -> None:
    url = urlsplit(kept.redis_url.get_secret_value())
    async with proxy(url.hostname or "", url.port or 6379) as between:
        password = f":{url.password}@" if url.password else ""
        moved = url._replace(netloc=f"{password}127.0.0.1:{between.port}").geturl()
        settings = kept.model_copy(update={"redis_url": SecretStr(moved)})
        async with open_store(settings) as store:
            claim = await store.begin(subject, 1)
            await between.cut()
            with pytest.raises(UnavailableError):
                await store.begin(subject, 1)
            with pytest.raises(UnavailableError):
                await store.ping()

            async def over() -> bool:
                return (await other.counters([subject.queue]))[subject.queue].in_flight == 0

            await wait_until(over)
            await between.join()
            await store.held.renew()
            assert not await over()
            assert await store.complete(subject, claim.token, seconds=0.1, result=None)
