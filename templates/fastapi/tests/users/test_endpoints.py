"""Users are read and changed over HTTP."""

from uuid import uuid4

import pytest
from httpx2 import AsyncClient

from shared.testing.provider import Provider
from tests.support.users import FakeUsers
from tests.users.examples import USERS, added


async def test_a_user_is_read(api: AsyncClient, users: FakeUsers) -> None:
    user = await added(users)
    response = await api.get(f"{USERS}/{user.id}")
    assert response.json() == user.model_dump(mode="json")


UNKNOWN = [str(uuid4()), "7", "ME"]


async def test_an_unknown_user_is_a_404(api: AsyncClient, subtests: pytest.Subtests) -> None:
    for user_id in UNKNOWN:
        with subtests.test(user_id=user_id):
            response = await api.get(f"{USERS}/{user_id}")
            assert response.status_code == 404
            assert response.headers["content-type"] == "application/problem+json"


async def test_a_patch_changes_what_it_names(api: AsyncClient, users: FakeUsers) -> None:
    user = await added(users)
    body = {"version": 1, "name": "Countess"}
    changed = (await api.patch(f"{USERS}/{user.id}", json=body)).json()
    assert changed == user.model_dump(mode="json") | body | {"version": 2}
    assert (await api.get(f"{USERS}/{user.id}")).json() == changed


async def test_a_stale_version_is_a_409_with_the_current_one(
    api: AsyncClient, users: FakeUsers
) -> None:
    user = await added(users)
    await api.patch(f"{USERS}/{user.id}", json={"version": 1, "name": "Countess"})
    response = await api.patch(f"{USERS}/{user.id}", json={"version": 1, "name": "Ada"})
    assert (response.status_code, response.json()["code"]) == (409, "stale-version")
    assert response.json()["current_version"] == 2


INVALID = [
    {},
    {"version": "1"},
    {"version": True},
    {"version": 1.5},
    {"version": 2**31},
    {"version": 0},
    {"version": 1, "name": None},
    {"version": 1, "name": "a\0"},
    {"version": 1, "email": None},
    {"version": 1, "email": "ada"},
    {"version": 1, "role": "admin"},
    {"version": 1, "is_active": False},
    {"version": 1, "password_hash": "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaA"},
]


async def test_an_invalid_patch_is_a_422_and_goes_no_further(
    api: AsyncClient, users: FakeUsers, provider: Provider, subtests: pytest.Subtests
) -> None:
    user = await added(users)
    for body in INVALID:
        with subtests.test(body=body):
            response = await api.patch(f"{USERS}/{user.id}", json=body)
            assert response.status_code == 422
            assert provider.calls == []


async def test_a_deactivated_user_stays_readable(api: AsyncClient, users: FakeUsers) -> None:
    user = await added(users)
    path = f"{USERS}/{user.id}"
    assert (await api.get(path)).json()["is_active"] is True
    response = await api.post(f"{path}/deactivate", json={"version": 1})
    assert (response.status_code, response.json()["is_active"]) == (200, False)
    assert (await api.get(path)).json() == response.json()
    again = await api.post(f"{path}/deactivate", json={"version": 1})
    assert again.json() == response.json()


async def test_an_unknown_user_cannot_be_changed(api: AsyncClient) -> None:
    path = f"{USERS}/{uuid4()}"
    assert (await api.patch(path, json={"version": 1, "name": "a"})).status_code == 404
    assert (await api.post(f"{path}/deactivate", json={"version": 1})).status_code == 404
