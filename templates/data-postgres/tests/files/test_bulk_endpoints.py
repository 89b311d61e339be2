"""Many files at once."""

from uuid import uuid4

from httpx2 import AsyncClient

from tests.files.examples import FILES, create, owner, photo

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
