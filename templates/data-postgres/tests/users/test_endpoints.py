"""Users one at a time, found by what the outside world knows of them, and many at once."""

import asyncio
from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.support.environment import AS_BOT
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


async def test_where_a_new_user_is_stands_in_location(api: AsyncClient) -> None:
    response = await api.post(USERS, json={"name": "Ada"})
    assert (await api.get(response.headers["Location"])).json() == response.json()


async def test_another_address_takes_back_the_proof_of_the_old_one(api: AsyncClient) -> None:
    user = await create(api, email="ada@example.org")
    path, proved = f"{USERS}/{user['id']}", "2026-01-01T12:00:00Z"
    assert user["email_verified_at"] is None

    async def changed(version: int, **fields: object) -> object:
        response = await api.patch(path, json={"version": version, **fields})
        assert response.status_code == 200, response.text
        return response.json()["email_verified_at"]

    assert await changed(1, email_verified_at="2026-01-01T13:00:00+01:00") == proved
    assert await changed(2, email="ADA@example.org", name="Ada L.") == proved
    assert await changed(3, email="lovelace@example.org") is None
    assert await changed(4, email="ada@example.org", email_verified_at=proved) == proved
    assert await changed(5, email=None) is None


@pytest.mark.parametrize("user_id", ["00000000-0000-4000-8000-000000000000", "7", "bulk"])
async def test_an_unknown_user_is_a_404(api: AsyncClient, user_id: str) -> None:
    response = await api.patch(f"{USERS}/{user_id}", json={"version": 1})
    assert response.status_code == (422 if user_id == "bulk" else 404)
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_user_is_found_by_address_in_any_case_and_by_telegram_id(
    api: AsyncClient,
) -> None:
    ada = await create(api, email="ada/x+y@example.org", telegram_id=2**40)
    await create(api, email="bob@example.org")
    by_email = await api.get(f"{USERS}/by-email", params={"email": "ADA/x+y@EXAMPLE.org"})
    assert by_email.json() == ada
    assert (await api.get(f"{USERS}/by-telegram-id/{2**40}")).json() == ada


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("by-email?email=ada%40example.org", 404),
        ("by-email?email=%25", 422),
        ("by-email", 422),
        ("by-telegram-id/7", 404),
        ("by-telegram-id/0", 422),
        (f"by-telegram-id/{2**53}", 422),
        ("by-telegram-id/x", 404),
    ],
)
async def test_whom_nobody_knows_is_a_problem(api: AsyncClient, path: str, status: int) -> None:
    response = await api.get(f"{USERS}/{path}")
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


BULK = f"{USERS}/bulk"


async def test_users_are_created_and_changed_together(api: AsyncClient) -> None:
    body = {"items": [{"name": "Ada", "email": "a@example.org"}, {"name": "Bob"}]}
    response = await api.post(BULK, json=body)
    assert response.status_code == 201
    users = response.json()["items"]
    assert [user["name"] for user in users] == ["Ada", "Bob"]
    patches = [{"id": user["id"], "version": 1, "is_active": False} for user in users]
    changed = (await api.patch(BULK, json={"items": patches})).json()["items"]
    assert [(user["name"], user["is_active"], user["version"]) for user in changed] == [
        ("Ada", False, 2),
        ("Bob", False, 2),
    ]


async def test_one_taken_address_refuses_all_and_is_named(api: AsyncClient) -> None:
    await create(api, email="b@example.org")
    body = {"items": [{"name": "Ada", "email": f"{name}@example.org"} for name in "abc"]}
    response = await api.post(BULK, json=body)
    assert response.status_code == 409
    assert (response.json()["field"], response.json()["index"]) == ("email", 1)
    assert len((await api.get(USERS)).json()["items"]) == 1


async def test_one_stale_version_refuses_all_and_is_named(api: AsyncClient) -> None:
    ada, bob = await create(api), await create(api)
    patches = [{"id": ada["id"], "version": 1}, {"id": bob["id"], "version": 2}]
    response = await api.patch(BULK, json={"items": patches})
    assert response.status_code == 409
    assert (response.json()["code"], response.json()["index"]) == ("stale-version", 1)
    assert (await api.get(f"{USERS}/{ada['id']}")).json() == ada


async def test_an_invalid_item_is_named(api: AsyncClient) -> None:
    response = await api.post(BULK, json={"items": [{"name": "Ada"}, {"name": ""}]})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "body.items.1.name"


async def test_neither_none_nor_too_many_are_taken(api: AsyncClient) -> None:
    for count in (0, 101):
        body = {"items": [{"name": "Ada"}] * count}
        assert (await api.post(BULK, json=body)).status_code == 422


async def test_hashes_are_taken_only_from_those_who_may_set_them(api: AsyncClient) -> None:
    body = {"items": [{"name": "Ada"}, {"name": "Bob", "password_hash": HASH}]}
    assert (await api.post(BULK, json=body, headers=AS_BOT)).status_code == 403
    assert (await api.post(BULK, json=body)).status_code == 201
