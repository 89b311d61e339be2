"""Users come from the cache whole, and never older than the last change."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient

from app.features import Settings
from app.user_gateway import UserGateway
from shared.testing import client
from shared.testing.provider import Provider
from tests.support.users import FakeUsers
from tests.users.examples import USERS, added, open_to_all


@pytest.fixture
async def two(settings: Settings) -> AsyncIterator[tuple[AsyncClient, AsyncClient]]:
    """Two processes of one service."""
    async with client(open_to_all(settings)) as one, client(open_to_all(settings)) as other:
        yield one, other


async def test_a_hit_is_the_whole_user_and_asks_nobody(
    two: tuple[AsyncClient, AsyncClient], users: FakeUsers, provider: Provider
) -> None:
    user = await added(users)
    answers = [(await api.get(f"{USERS}/{user.id}")).json() for api in (*two, *two)]
    assert answers == [user.model_dump(mode="json")] * 4
    assert provider.calls == [f"GET {USERS}/{user.id}"]


async def test_many_who_ask_at_once_cost_one_request(
    two: tuple[AsyncClient, AsyncClient], users: FakeUsers, provider: Provider
) -> None:
    user = await added(users)
    tries = (api.get(f"{USERS}/{user.id}") for api in two for _ in range(25))
    responses = await asyncio.gather(*tries)
    assert {response.status_code for response in responses} == {200}
    assert provider.calls == [f"GET {USERS}/{user.id}"]


async def test_a_change_is_seen_at_once_by_all(
    two: tuple[AsyncClient, AsyncClient], users: FakeUsers
) -> None:
    user, (one, other) = await added(users), two
    path = f"{USERS}/{user.id}"
    assert (await other.get(path)).json()["name"] == "Ada"
    changed = (await one.patch(path, json={"version": 1, "name": "Countess"})).json()
    assert (await other.get(path)).json() == changed
    gone = (await one.post(f"{path}/deactivate", json={"version": 2})).json()
    assert (await other.get(path)).json() == gone


async def test_after_a_stale_version_the_current_one_is_read(
    api: AsyncClient, users: FakeUsers
) -> None:
    user = await added(users)
    path = f"{USERS}/{user.id}"
    assert (await api.get(path)).json()["version"] == 1
    users.records[str(user.id)]["version"] = 2
    response = await api.patch(path, json={"version": 1, "name": "Countess"})
    assert response.json()["code"] == "stale-version"
    assert (await api.get(path)).json()["version"] == 2


async def test_who_is_not_there_is_asked_for_every_time(
    api: AsyncClient, users: FakeUsers, provider: Provider
) -> None:
    user = await added(users)
    record = users.records.pop(str(user.id))
    assert (await api.get(f"{USERS}/{user.id}")).status_code == 404
    users.records[str(user.id)] = record
    assert (await api.get(f"{USERS}/{user.id}")).status_code == 200
    assert len(provider.calls) == 2


async def test_a_new_password_hash_is_a_change_too(settings: Settings, users: FakeUsers) -> None:
    user, app = await added(users), open_to_all(settings)
    path = f"{USERS}/{user.id}"
    async with client(app) as api:
        assert (await api.get(path)).json()["version"] == 1
        gateway = app.lifecycle.resources.get(UserGateway)
        password_hash = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNo"
        await gateway.set_credentials(user.id, {"version": 1, "password_hash": password_hash})
        assert (await api.get(path)).json()["version"] == 2
