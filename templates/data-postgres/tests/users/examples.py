"""Users for tests."""

from typing import Any

from httpx2 import AsyncClient

USERS = "/api/v1/users"
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaA"


async def create(api: AsyncClient, **fields: object) -> dict[str, Any]:
    """Create a user with these fields and return it."""
    response = await api.post(USERS, json={"name": "Ada", **fields})
    assert response.status_code == 201, response.text
    created: dict[str, Any] = response.json()
    return created
