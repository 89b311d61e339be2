"""A fake provider and a client of it."""

from __future__ import annotations

import httpx2

from shared.http import ApiClient, Target
from tests.contract.examples import ID, PROBLEM, USER, answer

TARGET = Target(name="users-data", base_url="http://users-data", headers={"X-API-Key": "hush"})
PATH = "/api/v1/users/{user_id}"
OPTIONS = {"user_id": ID}


def fake(request: httpx2.Request) -> httpx2.Response:
    if request.method == "DELETE":
        raise httpx2.ReadTimeout("too slow", request=request)
    if request.url.path.endswith("/me"):
        return answer(404, PROBLEM)
    return answer(201 if request.method == "POST" else 200, USER)


def client_of(transport: httpx2.AsyncBaseTransport) -> ApiClient:
    return ApiClient(TARGET, transport=transport)
