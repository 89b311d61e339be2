"""With a key something is done once, however often it is sent."""

import asyncio

import pytest
from httpx2 import AsyncClient

from shared.errors import UnavailableError
from shared.testing import wait_until
from tests.support.notes import NOTES, Desk

KEY = {"Idempotency-Key": "a-key-of-mine"}
NOTE = {"title": "a", "secret": "hunter2"}


async def test_without_a_key_it_is_done_as_often_as_asked(api: AsyncClient) -> None:
    numbers = [(await api.post(NOTES, json=NOTE)).json()["number"] for _ in range(2)]
    assert numbers == [1, 2]


async def test_with_a_key_it_is_done_once_and_answered_alike(api: AsyncClient, desk: Desk) -> None:
    first = await api.post(NOTES, json=NOTE, headers=KEY)
    again = await api.post(NOTES, json=NOTE, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json() == {"title": "a", "number": 1}
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert desk.count == 1


async def test_a_key_that_came_with_another_request_is_refused(api: AsyncClient) -> None:
    await api.post(NOTES, json=NOTE, headers=KEY)
    response = await api.post(NOTES, json={"title": "b"}, headers=KEY)
    assert (response.status_code, response.json()["code"]) == (409, "idempotency-key-reused")


async def test_while_the_first_one_runs_the_others_are_told_to_wait(
    api: AsyncClient, desk: Desk
) -> None:
    desk.going_on.clear()
    running = asyncio.ensure_future(api.post(NOTES, json=NOTE, headers=KEY))

    async def begun() -> bool:
        return desk.count == 1

    await wait_until(begun, what="the first request")
    second = await api.post(NOTES, json=NOTE, headers=KEY)
    assert (second.status_code, second.json()["code"]) == (409, "still-running")
    assert second.headers["Retry-After"] == "1"
    desk.going_on.set()
    assert (await running).status_code == 201
    assert desk.count == 1


async def test_of_many_at_once_one_is_done(api: AsyncClient, desk: Desk) -> None:
    tries = (api.post(NOTES, json=NOTE, headers=KEY) for _ in range(20))
    codes = {response.status_code for response in await asyncio.gather(*tries)}
    assert codes <= {201, 409}
    assert desk.count == 1


async def test_an_error_is_not_remembered(api: AsyncClient, desk: Desk) -> None:
    desk.error = UnavailableError("not now")
    assert (await api.post(NOTES, json=NOTE, headers=KEY)).status_code == 503
    desk.error = None
    assert (await api.post(NOTES, json=NOTE, headers=KEY)).status_code == 201


@pytest.mark.parametrize("key", ["short", "a b c d e f", "a" * 129, "ключ-ключ"])
async def test_what_is_no_key_is_refused_by_name(api: AsyncClient, key: str) -> None:
    headers = [(b"Idempotency-Key", key.encode())]
    response = await api.post(NOTES, json=NOTE, headers=headers)
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"].lower() == "header.idempotency-key"
