"""The files of one user."""

import asyncio
from uuid import UUID, uuid4

from httpx2 import AsyncClient

from app.database import Database
from app.files.repository import lock_owners
from tests.files.examples import FILES, USERS, create, owner, photo
from tests.support.databases import wait_for_a_waiter


async def names(api: AsyncClient, owner_id: str, **query: str) -> list[str]:
    response = await api.get(f"{USERS}/{owner_id}/files", params=query)
    return [file["name"] for file in response.json()["items"]]


async def test_files_are_added_and_removed_together(api: AsyncClient) -> None:
    owner_id = await owner(api)
    old = await create(api, owner_id, name="old")
    body = {
        "add": [photo(name="b"), photo(name="a")],
        "remove": [{"id": old["id"], "version": 1}],
    }
    response = await api.patch(f"{USERS}/{owner_id}/files", json=body)
    assert response.status_code == 200
    assert [file["name"] for file in response.json()["added"]] == ["b", "a"]
    assert response.json()["removed"] == [old["id"]]
    assert await names(api, owner_id) == ["b", "a"]
    assert await names(api, owner_id, search="a") == ["a"]


async def test_one_refused_file_refuses_all_and_is_named(api: AsyncClient) -> None:
    owner_id, other_id = await owner(api), await owner(api)
    mine = await create(api, owner_id, name="mine", storage_key="taken")
    foreign = await create(api, other_id)
    path, new = f"{USERS}/{owner_id}/files", photo(storage_key="new")
    tries = [
        ({"add": [new, photo(storage_key="taken")]}, 409, 1),
        ({"add": [new], "remove": [{"id": mine["id"], "version": 2}]}, 409, 0),
        ({"add": [new], "remove": [{"id": foreign["id"], "version": 1}]}, 404, 0),
    ]
    for body, status, index in tries:
        response = await api.patch(path, json=body)
        assert (response.status_code, response.json()["index"]) == (status, index)
    assert await names(api, owner_id) == ["mine"]


async def test_a_deleted_user_has_no_files_but_the_records_stay(api: AsyncClient) -> None:
    owner_id = await owner(api)
    file = await create(api, owner_id)
    await api.delete(f"{USERS}/{owner_id}", params={"version": 1})
    for user_id in (owner_id, str(uuid4())):
        path = f"{USERS}/{user_id}/files"
        assert (await api.get(path)).status_code == 404
        assert (await api.patch(path, json={})).status_code == 404
    assert (await api.get(f"{FILES}/{file['id']}")).json() == file


async def test_an_owner_cannot_be_deleted_while_a_file_is_being_added(
    api: AsyncClient, database: Database
) -> None:
    owner_id = await owner(api)
    async with database.transaction() as session:
        assert await lock_owners(session, [UUID(owner_id)])
        deletion = asyncio.ensure_future(api.delete(f"{USERS}/{owner_id}?version=1"))
        await wait_for_a_waiter(database)
        assert not deletion.done()
    assert (await deletion).status_code == 204
