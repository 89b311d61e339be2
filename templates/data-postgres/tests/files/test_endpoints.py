"""One file at a time."""

from uuid import uuid4

from httpx2 import AsyncClient

from tests.files.examples import FILES, USERS, create, owner, photo

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
