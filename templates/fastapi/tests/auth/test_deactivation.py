"""A deactivated user is out at once, on every replica; administrators take them back."""

from collections.abc import AsyncIterator, Iterable

import pytest
from httpx2 import AsyncClient

from app.application import build_application
from app.features import Settings
from shared.testing import client
from shared.web import Feature
from tests.auth.conftest import Inbox
from tests.auth.examples import AUTH, EMAIL, LOGIN, USERS, bearing, logged_in, registered
from tests.support.users import FakeUsers

VERSION = {"version": 1}


@pytest.fixture
async def other(settings: Settings, features: Iterable[Feature]) -> AsyncIterator[AsyncClient]:
    """Yield a client of another replica."""
    async with client(build_application(settings, features)) as connected:
        yield connected


async def test_deactivation_ends_all_sessions_on_every_replica_at_once(
    api: AsyncClient, other: AsyncClient, inbox: Inbox
) -> None:
    user = await registered(api)
    path = f"{USERS}/{user['id']}"
    tokens = await logged_in(api)
    headers = bearing((await logged_in(other))["access_token"])
    # Both have seen the user, and may have them in a cache.
    for each in (api, other):
        assert (await each.get(path, headers=headers)).status_code == 200
    done = await api.post(
        f"{path}/deactivate", json=VERSION, headers=bearing(tokens["access_token"])
    )
    assert (done.status_code, done.json()["is_active"]) == (200, False)
    for each in (api, other):
        for method in ("GET", "PATCH"):
            body = {"version": 2, "name": "Eve"} if method == "PATCH" else None
            refused = await each.request(method, path, json=body, headers=headers)
            assert refused.status_code == 401
        refreshed = {"refresh_token": tokens["refresh_token"]}
        assert (await each.post(f"{AUTH}/refresh", json=refreshed)).status_code == 401
        assert (await each.post(f"{AUTH}/login", json=LOGIN)).status_code == 401
    assert inbox.take() == [("deactivated", EMAIL)]


async def test_only_an_administrator_takes_somebody_into_use_again(
    api: AsyncClient, users: FakeUsers
) -> None:
    user = await registered(api)
    path = f"{USERS}/{user['id']}"
    mine = bearing((await logged_in(api))["access_token"])
    assert (await api.post(f"{path}/activate", json=VERSION, headers=mine)).status_code == 403
    root = await registered(api, "root@example.org")
    users.records[root["id"]]["role"] = "admin"
    admin = bearing((await logged_in(api, "root@example.org"))["access_token"])
    done = await api.post(f"{path}/deactivate", json=VERSION, headers=admin)
    assert done.json()["is_active"] is False
    version = {"version": 2}
    done = await api.post(f"{path}/activate", json=version, headers=admin)
    assert (done.status_code, done.json()["is_active"]) == (200, True)
    # The old sessions stay over.
    assert (await api.get(path, headers=mine)).status_code == 401
    assert await logged_in(api)


async def test_an_address_is_changed_by_its_owner_only_with_the_password(
    api: AsyncClient, users: FakeUsers
) -> None:
    user = await registered(api)
    path = f"{USERS}/{user['id']}"
    headers = bearing((await logged_in(api))["access_token"])
    body = VERSION | {"email": "eve@example.org"}
    assert (await api.patch(path, json=body, headers=headers)).status_code == 403
    assert users.records[user["id"]]["email"] == EMAIL
    named = await api.patch(path, json=VERSION | {"name": "Augusta"}, headers=headers)
    assert named.status_code == 200
