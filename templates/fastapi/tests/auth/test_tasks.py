"""Tasks are for who is logged in, their workers' stats for admins."""

import pytest
from httpx2 import AsyncClient

from tests.auth.examples import bearing, logged_in, registered
from tests.support.users import FakeUsers

TASKS = "/api/v1/tasks"
NOBODYS = f"{TASKS}/00000000-0000-4000-8000-000000000000"


ASKED = [
    ("POST", TASKS),
    ("GET", NOBODYS),
    ("POST", f"{NOBODYS}/cancel"),
    ("GET", f"{TASKS}/stats"),
]


async def test_without_a_token_tasks_are_a_401(api: AsyncClient, subtests: pytest.Subtests) -> None:
    for method, path in ASKED:
        with subtests.test(method=method, path=path):
            response = await api.request(method, path, json={} if method == "POST" else None)
            assert (response.status_code, response.json()["code"]) == (401, "bad-token")


async def test_who_is_logged_in_may_see_tasks_but_only_an_admin_the_stats(
    api: AsyncClient, users: FakeUsers
) -> None:
    user = await registered(api)
    headers = bearing((await logged_in(api))["access_token"])
    assert (await api.get(NOBODYS, headers=headers)).status_code == 404
    assert (await api.get(f"{TASKS}/stats", headers=headers)).status_code == 403
    users.records[user["id"]]["role"] = "admin"
    assert (await api.get(f"{TASKS}/stats", headers=headers)).status_code == 200
