"""Files for tests."""

from typing import Any
from uuid import uuid4

from httpx2 import AsyncClient

FILES, USERS = "/api/v1/files", "/api/v1/users"


async def owner(api: AsyncClient) -> str:
    """Create a user and return the id."""
    user_id: str = (await api.post(USERS, json={"name": "Ada"})).json()["id"]
    return user_id


def photo(**fields: object) -> dict[str, object]:
    """Return the body of a new file with these fields."""
    return {
        "name": "photo.jpg",
        "storage_key": f"photos/{uuid4()}",
        "content_type": "image/jpeg",
        "size": 1024,
        **fields,
    }


async def create(api: AsyncClient, owner_id: str, **fields: object) -> dict[str, Any]:
    """Create a file with these fields and return it."""
    response = await api.post(FILES, json=photo(owner_id=owner_id, **fields))
    assert response.status_code == 201, response.text
    created: dict[str, Any] = response.json()
    return created
