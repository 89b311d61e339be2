"""The fake provider: real HTTP, held to the contract, with faults."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx2
import pytest

from shared.errors import NotFoundError
from shared.testing.provider import Provider, answering, flapping, hanging, serving
from tests.contract.examples import MEDIA_TYPE, USER
from tests.provider.conftest import written

if TYPE_CHECKING:
    from pathlib import Path


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


UNKNOWN = "Unevaluated properties are not allowed ('age' was unexpected)"


async def aged() -> dict[str, object]:
    return USER | {"age": 7}


async def test_an_answer_that_is_not_as_agreed_is_a_finding_and_reaches_nobody(
    fake: Provider, caller: httpx2.AsyncClient
) -> None:
    fake.app.get(ME)(aged)
    assert (await caller.get(ME)).status_code == 500
    assert fake.findings == [f"GET {ME}: response 200: {UNKNOWN}"]


async def test_a_request_that_is_not_as_agreed_is_a_finding(
    fake: Provider, caller: httpx2.AsyncClient
) -> None:
    async def create() -> dict[str, object]:
        return USER

    fake.app.post("/api/v1/users", status_code=201)(create)
    await caller.post("/api/v1/users", json={"email": "ann@example.org", "age": 7})
    assert fake.findings == [f"POST /api/v1/users: request body: {UNKNOWN}"]


async def answer_of(provider: Provider) -> int:
    provider.app.get(ME)(aged)
    async with serving(provider) as url, httpx2.AsyncClient(base_url=url) as caller:
        return (await caller.get(ME, headers={"X-API-Key": "k"})).status_code


async def test_where_the_provider_is_not_here_nothing_is_held_against_it(service: Path) -> None:
    provider = Provider(service)
    assert (await answer_of(provider), provider.findings) == (200, [])


async def test_the_environment_may_name_another_document(
    service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRACT_OPENAPI", str(written(service / "another.json")))
    provider = Provider(service)
    assert (await answer_of(provider), len(provider.findings)) == (500, 1)


async def test_one_answer_is_given_to_all_and_held_to_no_contract(
    fake: Provider, caller: httpx2.AsyncClient
) -> None:
    fake.fault = answering(418, '{"tea": true}', **{"Retry-After": "2"})
    for _ in range(2):
        response = await caller.get("/health")
        assert (response.status_code, response.json()) == (418, {"tea": True})
        assert response.headers["Retry-After"] == "2"
        assert response.headers["Content-Type"] == "application/json"
    fake.fault = None
    assert (await caller.get("/health")).status_code == 200
    assert (fake.calls, fake.findings) == (["GET /health"] * 3, [])


async def test_a_flapping_one_fails_every_other_time_from_the_first(
    fake: Provider, caller: httpx2.AsyncClient
) -> None:
    fake.fault = flapping(503)
    statuses = [(await caller.get("/health")).status_code for _ in range(4)]
    assert statuses == [503, 200, 503, 200]


async def test_a_hanging_one_answers_when_it_may_and_not_before(
    fake: Provider, caller: httpx2.AsyncClient
) -> None:
    going_on, asked = asyncio.Event(), asyncio.Event()
    hang = hanging(going_on)

    async def noticed() -> httpx2.Response | None:
        asked.set()
        return await hang()

    fake.fault = noticed
    first = asyncio.ensure_future(caller.get("/health"))
    await asked.wait()
    fake.fault = None
    # Whoever asks later is answered first.
    assert (await caller.get("/health")).status_code == 200
    assert not first.done()
    going_on.set()
    assert (await first).status_code == 503


async def test_nothing_of_it_is_left_behind(fake: Provider) -> None:
    urls, before = [], asyncio.all_tasks()

    async def fail() -> None:
        async with serving(fake) as url, httpx2.AsyncClient() as client:
            urls.append(url)
            assert (await client.get(f"{url}/health")).status_code == 200
            raise RuntimeError("a test that fails")

    with pytest.raises(RuntimeError):
        await fail()
    assert asyncio.all_tasks() == before
    async with httpx2.AsyncClient() as client:
        with pytest.raises(httpx2.ConnectError):
            await client.get(urls[0])


def test_what_may_be_null_is_named_for_fakes(fake: Provider) -> None:
    assert fake.nulls("User") == {"nickname": None, "address": None}
    assert fake.nulls("Unknown") == {}
