import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import TypeAlias

import pytest
from httpx2 import AsyncClient

from app import users
from app.application import build_application
from app.features import FEATURES, Settings
from shared.testing import Proxy, client, wait_until
from tests.support.people import People
from tests.support.provider import Provider
from tests.support.redis import frail_redis
from tests.users.examples import USERS, added

Frail: TypeAlias = tuple[AsyncClient, Proxy]


def service(settings: Settings, stack: AsyncExitStack) -> "asyncio.Future[AsyncClient]":
    """Open a service in which everybody may do everything with users."""
    name = users.feature.name
    opened = [users.feature if each.name == name else each for each in FEATURES]
    app = build_application(settings, features=opened)
    return asyncio.ensure_future(stack.enter_async_context(client(app)))


@pytest.fixture
async def two(settings: Settings) -> AsyncIterator[tuple[AsyncClient, AsyncClient]]:
    """Two processes of one service."""
    async with AsyncExitStack() as stack:
        yield await service(settings, stack), await service(settings, stack)


@pytest.fixture
async def frail(settings: Settings) -> AsyncIterator[Frail]:
    """A service and what stands between it and Redis."""
    async with frail_redis(settings) as (between, moved), AsyncExitStack() as stack:
        yield await service(moved, stack), between


async def test_a_hit_is_the_whole_user_and_asks_nobody(
    two: tuple[AsyncClient, AsyncClient], people: People, provider: Provider
) -> None:
    user = await added(people)
    answers = [(await api.get(f"{USERS}/{user.id}")).json() for api in (*two, *two)]
    assert answers == [user.model_dump(mode="json")] * 4
    assert provider.calls == [f"GET {USERS}/{user.id}"]


async def test_many_who_ask_at_once_cost_one_request(
    two: tuple[AsyncClient, AsyncClient], people: People, provider: Provider
) -> None:
    user = await added(people)
    tries = (api.get(f"{USERS}/{user.id}") for api in two for _ in range(25))
    responses = await asyncio.gather(*tries)
    assert {response.status_code for response in responses} == {200}
    assert provider.calls == [f"GET {USERS}/{user.id}"]


async def test_a_change_is_seen_at_once_by_all(
    two: tuple[AsyncClient, AsyncClient], people: People
) -> None:
    user, (one, other) = await added(people), two
    path = f"{USERS}/{user.id}"
    assert (await other.get(path)).json()["name"] == "Ada"
    changed = (await one.patch(path, json={"version": 1, "name": "Countess"})).json()
    assert (await other.get(path)).json() == changed
    gone = (await one.post(f"{path}/deactivate", json={"version": 2})).json()
    assert (await other.get(path)).json() == gone


async def test_after_a_stale_version_the_current_one_is_read(
    api: AsyncClient, people: People
) -> None:
    user = await added(people)
    path = f"{USERS}/{user.id}"
    assert (await api.get(path)).json()["version"] == 1
    people.records[str(user.id)]["version"] = 2
    response = await api.patch(path, json={"version": 1, "name": "Countess"})
    assert response.json()["code"] == "stale-version"
    assert (await api.get(path)).json()["version"] == 2


async def test_who_is_not_there_is_asked_for_every_time(
    api: AsyncClient, people: People, provider: Provider
) -> None:
    user = await added(people)
    record = people.records.pop(str(user.id))
    assert (await api.get(f"{USERS}/{user.id}")).status_code == 404
    people.records[str(user.id)] = record
    assert (await api.get(f"{USERS}/{user.id}")).status_code == 200
    assert len(provider.calls) == 2


async def test_without_redis_users_are_served_and_with_it_kept_again(
    frail: Frail, people: People, provider: Provider
) -> None:
    user, (api, between) = await added(people), frail
    path = f"{USERS}/{user.id}"
    assert (await api.get(path)).status_code == 200
    await between.cut()
    changed = await api.patch(path, json={"version": 1, "name": "Countess"})
    assert (changed.status_code, (await api.get(path)).json()) == (200, changed.json())
    assert 'cache_reads_total{outcome="unavailable"} 1.0' in (await api.get("/metrics")).text
    await between.join()
    asked: list[int] = []

    async def kept() -> bool:
        await api.get(path)
        asked.append(len(provider.calls))
        return len(asked) > 1 and asked[-1] == asked[-2]

    await wait_until(kept, what="a hit")
