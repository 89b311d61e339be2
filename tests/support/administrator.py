"""Enters the rendered API as somebody who may do all."""

import httpx2


def enter_as_administrator(api: httpx2.Client, data: httpx2.Client) -> None:
    """Have the client of the API be somebody who has registered, and may do all.

    Args:
        api: a client of the API.
        data: a client of its data service that may change users.
    """
    login = {"email": "root@example.org", "password": "correct horse battery"}
    user = api.post("/api/v1/users", json={"name": "Root", **login}).raise_for_status().json()
    change = {"role": "admin", "version": user["version"]}
    data.patch(f"/api/v1/users/{user['id']}", json=change).raise_for_status()
    entered = api.post("/api/v1/auth/login", json=login).raise_for_status().json()
    api.headers["Authorization"] = f"Bearer {entered['access_token']}"
