"""Each fault takes the place of the answer, whatever was agreed on, until it is taken away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from shared.testing.provider import answering, flapping, hanging

if TYPE_CHECKING:
    import httpx2

    from shared.testing.provider import Provider


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
