"""What is no file is refused."""

from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient

from tests.files.examples import FILES, owner, photo


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
