"""Files are filtered and searched."""

from httpx2 import AsyncClient

from tests.files.examples import FILES, create, owner


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
