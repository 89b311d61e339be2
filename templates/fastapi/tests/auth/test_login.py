"""Who logs in is told nothing about those who may not."""

from typing import Any

import pytest
from httpx2 import AsyncClient, Response
from pwdlib.hashers.argon2 import Argon2Hasher

from app.features import Settings
from shared.testing.provider import Provider, answering
from tests.auth.examples import AUTH, EMAIL, LOGIN, PASSWORD, logged_in, registered
from tests.support.people import People

BCRYPT = "$2b$12$KIXQJ8h1bM1V6l6p6V1V1uJq9K9K9K9K9K9K9K9K9K9K9K9K9K9K9"
OLD = Argon2Hasher(time_cost=2, memory_cost=16, parallelism=1)


def told(response: Response) -> dict[str, Any]:
    """Return what a caller can see of an answer, but for the request's id."""
    headers = {name: value for name, value in response.headers.items() if name != "x-request-id"}
    body = response.json() | {"request_id": ""}
    return {"status": response.status_code, "headers": headers, "body": body}


async def test_the_right_password_begins_a_session(api: AsyncClient) -> None:
    await registered(api)
    response = await api.post(f"{AUTH}/login", json=LOGIN | {"email": EMAIL.upper()})
    tokens = response.json()
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 600)
    assert response.headers["Cache-Control"] == "no-store"


async def test_who_may_not_log_in_is_not_told_why(api: AsyncClient, people: People) -> None:
    wrong = LOGIN | {"password": "wrong horse battery"}
    answers = [await api.post(f"{AUTH}/login", json=LOGIN)]
    record = people.records[(await registered(api))["id"]]
    answers.append(await api.post(f"{AUTH}/login", json=wrong))
    for change in ({"is_active": False}, {"password_hash": None}, {"password_hash": BCRYPT}):
        record.update(is_active=True)
        record.update(change)
        answers.append(await api.post(f"{AUTH}/login", json=LOGIN))
    assert [told(answer) for answer in answers] == [told(answers[0])] * 5
    assert told(answers[0])["body"]["code"] == "bad-credentials"
    assert answers[0].status_code == 401


async def test_a_hash_of_old_is_replaced_by_the_first_login(
    api: AsyncClient, people: People
) -> None:
    record = people.records[(await registered(api))["id"]]
    record["password_hash"] = old = OLD.hash(PASSWORD)
    await logged_in(api)
    assert record["password_hash"] not in {old, None}
    assert record["version"] == 2
    await logged_in(api)
    assert record["version"] == 2


async def test_too_many_attempts_for_one_address_are_refused_for_a_while(
    api: AsyncClient, settings: Settings
) -> None:
    await registered(api)
    for _ in range(settings.login_attempts):
        await logged_in(api)
    refused = await api.post(f"{AUTH}/login", json=LOGIN | {"email": EMAIL.upper()})
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-logins")
    assert 0 < int(refused.headers["Retry-After"]) <= settings.login_window_seconds
    other = await api.post(f"{AUTH}/login", json=LOGIN | {"email": "nobody@example.org"})
    assert other.status_code == 401


async def test_without_the_data_service_a_login_is_a_503(
    api: AsyncClient, provider: Provider
) -> None:
    provider.fault = answering(503)
    response = await api.post(f"{AUTH}/login", json=LOGIN)
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")


@pytest.mark.parametrize("body", [{}, {"email": "ada"}, LOGIN | {"password": ""}], ids=str)
async def test_an_invalid_login_is_a_422(api: AsyncClient, body: dict[str, str]) -> None:
    assert (await api.post(f"{AUTH}/login", json=body)).status_code == 422
