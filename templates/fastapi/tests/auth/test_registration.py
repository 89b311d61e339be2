"""A password is hashed, kept out of everything, and registered once."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import pytest
from httpx2 import AsyncClient

from app.application import build_application
from app.features import Settings
from shared.testing import client, logged
from shared.testing.provider import Provider
from shared.web import Feature
from tests.auth.examples import ADA, EMAIL, PASSWORD, USERS, registered
from tests.support.users import FakeUsers

KEY = {"Idempotency-Key": "registration-of-ada"}


async def test_the_data_service_gets_a_hash_and_nobody_the_password(
    api: AsyncClient, users: FakeUsers
) -> None:
    user = await registered(api, "Ada@Example.org")
    record = users.records[user["id"]]
    assert record["password_hash"].startswith("$argon2id$")
    assert "password" not in record
    assert (user["email"], user["role"], user["is_active"]) == (EMAIL, "user", True)
    assert "password_hash" not in user


async def test_of_many_at_once_with_one_address_one_is_registered(api: AsyncClient) -> None:
    tries = (api.post(USERS, json=ADA | {"name": f"Ada {n}"}) for n in range(20))
    responses = await asyncio.gather(*tries)
    assert sorted(response.status_code for response in responses) == [201] + [409] * 19
    refused = next(response for response in responses if response.status_code == 409)
    assert (refused.json()["code"], refused.json()["field"]) == ("already-taken", "email")


async def test_one_place_registers_only_so_many(
    settings: Settings, features: Iterable[Feature], users: FakeUsers
) -> None:
    few = settings.model_copy(update={"registration_attempts": 2})
    async with client(build_application(few, features)) as api:
        emails = [f"{number}@example.org" for number in range(3)]
        answers = [await api.post(USERS, json=ADA | {"email": email}) for email in emails]
    assert [each.status_code for each in answers] == [201, 201, 429]
    assert answers[-1].json()["code"] == "too-many-attempts"
    assert len(users.records) == 2


async def test_sent_twice_with_one_key_it_is_one_registration(
    api: AsyncClient, users: FakeUsers
) -> None:
    answers = [await api.post(USERS, json=ADA, headers=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(users.records) == 1


async def test_with_a_key_a_registration_whose_answers_are_lost_is_answered_as_done(
    api: AsyncClient, users: FakeUsers
) -> None:
    users.lost_answers = 10
    assert (await api.post(USERS, json=ADA, headers=KEY)).status_code == 503
    users.lost_answers = 0
    # The hash of the same password is another one, and the data service knows the request.
    answer = await api.post(USERS, json=ADA, headers=KEY)
    assert answer.status_code == 201
    assert list(users.records) == [answer.json()["id"]]


@pytest.mark.parametrize("lost", [0, 10])
async def test_the_same_key_with_another_password_is_refused(
    api: AsyncClient, users: FakeUsers, lost: int
) -> None:
    users.lost_answers = lost
    await api.post(USERS, json=ADA, headers=KEY)
    users.lost_answers = 0
    other = ADA | {"password": f"{PASSWORD}!"}
    refused = await api.post(USERS, json=other, headers=KEY)
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency-key-reused")


INVALID: list[dict[str, Any]] = [
    {"password": None},
    {"password": "hunter2"},
    {"password": "hunter2" * 20},
    {"password": "hunter2hunter2\ud800"},
    {"email": "ada"},
    {"role": "admin"},
    {"password_hash": "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaA"},
]


async def test_an_invalid_registration_is_a_422_that_repeats_no_password(
    api: AsyncClient, provider: Provider, subtests: pytest.Subtests
) -> None:
    headers = {"Content-Type": "application/json"}
    for body in INVALID:
        with subtests.test(body=body):
            response = await api.post(USERS, content=json.dumps(ADA | body), headers=headers)
            assert response.status_code == 422
            assert "hunter2" not in response.text
            assert provider.calls == []


async def test_no_password_and_no_hash_reaches_the_log(
    api: AsyncClient, settings: Settings, users: FakeUsers, capsys: pytest.CaptureFixture[str]
) -> None:
    with logged(settings):
        user = await registered(api)
        assert (await api.post(USERS, json=ADA)).status_code == 409
    printed = capsys.readouterr().out
    assert USERS in printed
    assert PASSWORD not in printed
    assert users.records[user["id"]]["password_hash"] not in printed
