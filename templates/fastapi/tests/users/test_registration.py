"""Of one e-mail address one user is registered."""

import asyncio
from typing import Any

import pytest
from httpx2 import AsyncClient

from shared.testing.provider import Provider, answering
from tests.support.users import FakeUsers
from tests.users.examples import USERS

ADA = {"name": "Ada", "email": "Ada@Example.org"}
KEY = {"Idempotency-Key": "registration-of-ada"}


async def test_a_registered_user_is_there(api: AsyncClient) -> None:
    response = await api.post(USERS, json=ADA)
    assert response.status_code == 201
    user = response.json()
    assert response.headers["Location"] == f"{USERS}/{user['id']}"
    assert (user["email"], user["role"], user["is_active"]) == ("ada@example.org", "user", True)
    assert response.headers["Location"] == f"{USERS}/{user['id']}"
    assert (await api.get(response.headers["Location"])).json() == user


async def test_of_a_hundred_at_once_with_one_address_one_is_registered(api: AsyncClient) -> None:
    tries = (api.post(USERS, json=ADA | {"name": f"Ada {n}"}) for n in range(100))
    responses = await asyncio.gather(*tries)
    assert sorted(response.status_code for response in responses) == [201] + [409] * 99
    refused = next(response for response in responses if response.status_code == 409)
    assert (refused.json()["code"], refused.json()["field"]) == ("already-taken", "email")


async def test_sent_twice_with_one_key_it_is_one_registration(
    api: AsyncClient, users: FakeUsers
) -> None:
    answers = [await api.post(USERS, json=ADA, headers=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(users.records) == 1


async def test_without_a_key_a_registration_is_sent_once_whatever_happens_to_it(
    api: AsyncClient, provider: Provider
) -> None:
    provider.fault = answering(503)
    assert (await api.post(USERS, json=ADA)).status_code == 503
    assert provider.calls == ["POST /api/v1/users"]


async def test_with_a_key_a_registration_whose_answers_are_lost_is_answered_as_done(
    api: AsyncClient, users: FakeUsers
) -> None:
    users.lost_answers = 10
    assert (await api.post(USERS, json=ADA, headers=KEY)).status_code == 503
    users.lost_answers = 0
    answer = await api.post(USERS, json=ADA, headers=KEY)
    assert answer.status_code == 201
    assert list(users.records) == [answer.json()["id"]]
    other = await api.post(USERS, json=ADA | {"name": "Bob"}, headers=KEY)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-reused")


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"email": "ada"}, {"email": None}, {"role": "admin"}, {"password": "x"}],
    ids=str,
)
async def test_an_invalid_registration_is_a_422_and_goes_no_further(
    api: AsyncClient, provider: Provider, body: dict[str, Any]
) -> None:
    response = await api.post(USERS, json=(ADA | body) if body else {})
    assert response.status_code == 422
    assert provider.calls == []
