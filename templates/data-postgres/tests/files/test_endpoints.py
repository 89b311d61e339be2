from typing import Any
from uuid import uuid4

import pytest
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


@pytest.mark.parametrize(
    "fields",
    [
        {"size": -1},
        {"size": 2**53},
        {"size": 1.5},
        {"size": "1"},
        {"size": True},
        {"sha256": "0" * 63},
        {"sha256": "A" * 64},
        {"content_type": "jpeg"},
        {"storage_key": ""},
        {"storage_key": "a" * 513},
        {"status": "done"},
        {"metadata": {"a": {"b": 1}}},
        {"metadata": {"a": "\0"}},
        {"metadata": {"a b": 1}},
        {"metadata": {str(number): 1 for number in range(51)}},
        {"owner_id": "7"},
        {"unknown": 1},
    ],
    ids=lambda fields: str(fields)[:30],
)
async def test_an_invalid_file_is_a_422(api: AsyncClient, fields: dict[str, Any]) -> None:
    body = photo(owner_id=await owner(api)) | fields
    response = await api.post(FILES, json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
async def test_a_number_that_is_none_is_a_422(api: AsyncClient, number: str) -> None:
    content = f'{{"version": 1, "metadata": {{"a": {number}}}}}'
    headers = {"content-type": "application/json"}
    response = await api.patch(f"{FILES}/{uuid4()}", content=content, headers=headers)
    assert response.status_code == 422


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
