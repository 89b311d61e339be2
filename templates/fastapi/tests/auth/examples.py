"""Accounts for tests."""

from typing import Any

from httpx2 import AsyncClient

USERS, AUTH = "/api/v1/users", "/api/v1/auth"
EMAIL, PASSWORD = "ada@example.org", "correct horse battery"
ADA = {"name": "Ada", "email": EMAIL, "password": PASSWORD}
LOGIN = {"email": EMAIL, "password": PASSWORD}


async def registered(api: AsyncClient, email: str = EMAIL) -> dict[str, Any]:
    """Register somebody with the usual password and return the user."""
    response = await api.post(USERS, json=ADA | {"email": email})
    assert response.status_code == 201, response.text
    user: dict[str, Any] = response.json()
    assert response.headers["Location"] == f"{USERS}/{user['id']}"
    return user


async def logged_in(api: AsyncClient, email: str = EMAIL) -> dict[str, Any]:
    """Log in with the usual password and return the tokens."""
    response = await api.post(f"{AUTH}/login", json=LOGIN | {"email": email})
    assert response.status_code == 200, response.text
    tokens: dict[str, Any] = response.json()
    return tokens


def bearing(token: str) -> dict[str, str]:
    """Return the header that carries an access token."""
    return {"Authorization": f"Bearer {token}"}
