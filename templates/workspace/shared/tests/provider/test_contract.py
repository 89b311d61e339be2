"""Whatever is asked or answered against the provider's document is a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from shared.testing.provider import Provider, serving
from tests.contract.examples import USER
from tests.provider.conftest import written

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ME = "/api/v1/users/me"
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


def test_what_may_be_null_is_named_for_fakes(fake: Provider) -> None:
    assert fake.nulls("User") == {"nickname": None, "address": None}
    assert fake.nulls("Unknown") == {}
