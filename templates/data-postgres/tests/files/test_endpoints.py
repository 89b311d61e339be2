"""Files one at a time, found by filters, many at once, and those of one user."""

import asyncio
from uuid import UUID, uuid4

from httpx2 import AsyncClient
from sqlalchemy import text

from app.database import Database
from app.files.repository import lock_owners
from app.users.repository import UserRepository
from tests.files.examples import FILES, USERS, create, owner, photo
from tests.support.databases import wait_for_a_waiter

METADATA = {
    "width": 640,
    "bits": 2**70,
    "ratio": 1.5,
    "camera": "Leica",
    "flash": True,
    "place": None,
}


async def test_a_recorded_file_is_read_back(api: AsyncClient) -> None:
    fields = {"sha256": "0" * 64, "size": 2**40, "metadata": METADATA}
    file = await create(api, await owner(api), **fields)
    assert file["status"] == "pending"
    assert file["metadata"] == METADATA
    assert (await api.get(f"{FILES}/{file['id']}")).json() == file


async def test_a_taken_storage_key_is_a_409_that_names_the_field(api: AsyncClient) -> None:
    owner_id = await owner(api)
    await create(api, owner_id, storage_key="a")
    response = await api.post(FILES, json=photo(owner_id=owner_id, storage_key="a"))
    assert response.status_code == 409
    assert response.json()["field"] == "storage_key"


async def test_an_unknown_or_deleted_owner_is_a_409_that_names_the_field(api: AsyncClient) -> None:
    deleted = await owner(api)
    await api.delete(f"{USERS}/{deleted}", params={"version": 1})
    for owner_id in (deleted, str(uuid4())):
        response = await api.post(FILES, json=photo(owner_id=owner_id))
        assert response.status_code == 409
        assert (response.json()["code"], response.json()["field"]) == (
            "broken-reference",
            "owner_id",
        )


async def test_a_patch_changes_what_it_names(api: AsyncClient) -> None:
    file = await create(api, await owner(api))
    body = {"version": 1, "status": "ready", "thumbnail_key": "t/1", "metadata": {"width": 1}}
    response = await api.patch(f"{FILES}/{file['id']}", json=body)
    changed = response.json()
    assert changed == file | body | {"version": 2, "updated_at": changed["updated_at"]}
    assert (await api.patch(f"{FILES}/{file['id']}", json=body)).json()["code"] == "stale-version"


async def test_a_deleted_file_is_gone_for_good(api: AsyncClient) -> None:
    owner_id = await owner(api)
    file = await create(api, owner_id, storage_key="a")
    path = f"{FILES}/{file['id']}"
    assert (await api.delete(path, params={"version": 2})).status_code == 409
    assert (await api.delete(path, params={"version": 1})).status_code == 204
    assert (await api.get(path)).status_code == 404
    await create(api, owner_id, storage_key="a")


async def test_filters_and_search_choose_files(api: AsyncClient) -> None:
    ada, bob = await owner(api), await owner(api)
    await create(api, ada, name="A_1.jpg", storage_key="one", status="ready")
    await create(api, ada, name="a21.jpg")
    await create(api, bob, name="b.jpg")
    expected: list[tuple[dict[str, str], list[str]]] = [
        ({}, ["A_1.jpg", "a21.jpg", "b.jpg"]),
        ({"owner_id": ada}, ["A_1.jpg", "a21.jpg"]),
        ({"owner_id": ada, "status": "pending"}, ["a21.jpg"]),
        ({"storage_key": "one"}, ["A_1.jpg"]),
        ({"search": "a"}, ["A_1.jpg", "a21.jpg"]),
        ({"search": "a_"}, ["A_1.jpg"]),
    ]
    for query, names in expected:
        items = (await api.get(FILES, params=query)).json()["items"]
        assert [file["name"] for file in items] == names, query


BULK = f"{FILES}/bulk"


async def test_files_are_recorded_and_changed_together(api: AsyncClient) -> None:
    owner_id = await owner(api)
    body = {"items": [photo(owner_id=owner_id, name=name) for name in "ba"]}
    files = (await api.post(BULK, json=body)).json()["items"]
    assert [file["name"] for file in files] == ["b", "a"]
    patches = [{"id": file["id"], "version": 1, "metadata": {"n": 1}} for file in files]
    changed = (await api.patch(BULK, json={"items": patches})).json()["items"]
    assert [(file["metadata"], file["version"]) for file in changed] == [({"n": 1}, 2)] * 2


async def test_one_unknown_owner_refuses_all_and_is_named(api: AsyncClient) -> None:
    items = [photo(owner_id=await owner(api)), photo(owner_id=str(uuid4()))]
    response = await api.post(BULK, json={"items": items})
    assert response.status_code == 409
    assert (response.json()["field"], response.json()["index"]) == ("owner_id", 1)
    assert (await api.get(FILES)).json()["items"] == []


async def test_one_unknown_file_refuses_all_and_is_named(api: AsyncClient) -> None:
    file = await create(api, await owner(api))
    patches = [
        {"id": file["id"], "version": 1, "status": "ready"},
        {"id": str(uuid4()), "version": 1},
    ]
    response = await api.patch(BULK, json={"items": patches})
    assert response.status_code == 404
    assert response.json()["index"] == 1
    assert (await api.get(f"{FILES}/{file['id']}")).json() == file


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


async def test_reads_wait_for_nobody_who_changes_the_user(
    api: AsyncClient, database: Database
) -> None:
    owner_id = await owner(api)
    file = await create(api, owner_id, name="a")
    async with database.transaction() as session:
        await session.execute(text("SELECT 1 FROM users, files FOR UPDATE"))
        async with asyncio.timeout(2):
            assert await names(api, owner_id) == ["a"]
            assert (await api.get(f"{FILES}/{file['id']}")).json() == file


async def test_files_removed_in_opposite_orders_do_not_deadlock(api: AsyncClient) -> None:
    owner_id = await owner(api)
    files = [await create(api, owner_id) for _ in range(20)]
    there = [{"id": file["id"], "version": 1} for file in files]
    path = f"{USERS}/{owner_id}/files"
    responses = await asyncio.gather(
        api.patch(path, json={"remove": there}), api.patch(path, json={"remove": there[::-1]})
    )
    assert sorted(response.status_code for response in responses) == [200, 404]


async def test_files_of_owners_in_opposite_orders_do_not_deadlock(
    api: AsyncClient, database: Database
) -> None:
    owners = sorted([await owner(api), await owner(api)])
    first, second = (UUID(each) for each in owners)
    async with database.transaction() as session:
        # Somebody changes users, as everybody does in the order of their ids.
        await UserRepository(session).lock(first)
        body = {"items": [photo(owner_id=each) for each in reversed(owners)]}
        adding = asyncio.ensure_future(api.post(f"{FILES}/bulk", json=body))
        await wait_for_a_waiter(database)
        await UserRepository(session).lock(second)
    assert (await adding).status_code == 201


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
