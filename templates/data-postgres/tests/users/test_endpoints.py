"""One user at a time."""

import asyncio
from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.users.examples import HASH, USERS, create


async def test_a_created_user_is_read_back_without_the_hash(api: AsyncClient) -> None:
    user = await create(api, email="Ada@Example.org", telegram_id=7, password_hash=HASH)
    assert user["email"] == "ada@example.org"
    assert (user["role"], user["is_active"], user["version"]) == ("user", True, 1)
    response = await api.get(f"{USERS}/{user['id']}")
    assert response.json() == user
    assert "password" not in response.text


@pytest.mark.parametrize(
    "field", [{"email": "ADA@example.org"}, {"telegram_id": 7}], ids=["email", "telegram_id"]
)
async def test_a_taken_value_is_a_409_that_names_the_field(
    api: AsyncClient, field: dict[str, Any]
) -> None:
    await create(api, email="ada@example.org", telegram_id=7)
    response = await api.post(USERS, json={"name": "Bob", **field})
    assert response.status_code == 409
    assert response.json()["code"] == "already-taken"
    assert response.json()["field"] == next(iter(field))


async def test_of_many_concurrent_creates_of_one_address_one_wins(api: AsyncClient) -> None:
    body = {"name": "Ada", "email": "ada@example.org"}
    responses = await asyncio.gather(*(api.post(USERS, json=body) for _ in range(8)))
    assert sorted(response.status_code for response in responses) == [201] + [409] * 7


async def test_a_patch_changes_what_it_names_and_clears_what_it_nulls(api: AsyncClient) -> None:
    user = await create(api, email="ada@example.org", telegram_id=7)
    body = {"version": 1, "role": "admin", "email": None}
    changed = (await api.patch(f"{USERS}/{user['id']}", json=body)).json()
    updated = {"role": "admin", "email": None, "version": 2, "updated_at": changed["updated_at"]}
    assert changed == user | updated


async def test_of_many_concurrent_patches_of_one_version_one_wins(api: AsyncClient) -> None:
    user = await create(api)
    tries = (
        api.patch(f"{USERS}/{user['id']}", json={"version": 1, "name": f"Ada {number}"})
        for number in range(8)
    )
    responses = await asyncio.gather(*tries)
    assert sorted(response.status_code for response in responses) == [200] + [409] * 7
    assert {response.json().get("code") for response in responses} == {None, "stale-version"}


async def test_a_deleted_user_is_gone_and_the_address_is_free_again(api: AsyncClient) -> None:
    user = await create(api, email="ada@example.org", password_hash=HASH)
    path = f"{USERS}/{user['id']}"
    assert (await api.delete(path)).status_code == 422
    assert (await api.delete(path, params={"version": 2})).status_code == 409
    assert (await api.delete(path, params={"version": 1})).status_code == 204
    assert (await api.delete(path, params={"version": 1})).status_code == 404
    assert (await api.get(path)).status_code == 404
    assert (await api.patch(path, json={"version": 2})).status_code == 404
    assert (await api.get(f"{path}/credentials")).status_code == 404
    assert (await api.get(USERS)).json()["items"] == []
    again = await create(api, email="ada@example.org")
    assert again["id"] != user["id"]


@pytest.mark.parametrize("user_id", ["00000000-0000-4000-8000-000000000000", "7", "bulk"])
async def test_an_unknown_user_is_a_404(api: AsyncClient, user_id: str) -> None:
    response = await api.patch(f"{USERS}/{user_id}", json={"version": 1})
    assert response.status_code == (422 if user_id == "bulk" else 404)
    assert response.headers["content-type"] == "application/problem+json"
