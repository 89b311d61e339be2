"""Many users at once."""

from httpx2 import AsyncClient

from tests.support.environment import AS_BOT
from tests.users.examples import HASH, USERS, create

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
