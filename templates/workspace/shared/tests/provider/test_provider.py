"""The fake answers as its routes do, over real HTTP, and remembers what it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import NotFoundError
from shared.testing.provider import answering
from tests.contract.examples import MEDIA_TYPE, USER

if TYPE_CHECKING:
    import httpx2

    from shared.testing.provider import Provider

ME = "/api/v1/users/me"


async def me() -> dict[str, object]:
    return USER


async def nobody() -> None:
    raise NotFoundError("nobody is here")


async def test_it_lives_and_answers_as_its_routes_do(
    fake: Provider, caller: httpx2.AsyncClient
) -> None:
    fake.app.get(ME)(me)
    assert (await caller.get("/health")).json() == {"status": "ok"}
    assert (await caller.get(ME)).json() == USER
    assert fake.calls == ["GET /health", f"GET {ME}"]
    assert fake.findings == []


async def test_what_it_refuses_is_a_problem_as_the_real_one_has_it(
    fake: Provider, caller: httpx2.AsyncClient
) -> None:
    fake.app.get(ME)(nobody)
    response = await caller.get(ME)
    assert (response.status_code, response.headers["Content-Type"]) == (404, MEDIA_TYPE)
    assert response.json()["detail"] == "nobody is here"
    assert fake.findings == []


async def test_it_gets_what_was_sent(fake: Provider, caller: httpx2.AsyncClient) -> None:
    async def create(body: dict[str, object]) -> dict[str, object]:
        return USER | body

    fake.app.post("/api/v1/users", status_code=201)(create)
    response = await caller.post("/api/v1/users", json={"email": "bob@example.org"})
    assert (response.status_code, response.json()["email"]) == (201, "bob@example.org")


async def test_reset_it_is_as_new(fake: Provider, caller: httpx2.AsyncClient) -> None:
    fake.app.get(ME)(me)
    assert (await caller.get("/nowhere")).status_code == 500
    fake.fault = answering(503)
    assert (await caller.get(ME)).status_code == 503
    fake.reset()
    assert (fake.calls, fake.findings) == ([], [])
    assert (await caller.get("/health")).status_code == 200
    assert (await caller.get(ME)).status_code == 404
