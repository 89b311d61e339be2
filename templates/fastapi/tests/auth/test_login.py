"""Who logs in is told nothing about those who may not."""

import asyncio
from collections.abc import Iterable
from time import process_time
from typing import Any
from uuid import UUID

import pytest
from httpx2 import ASGITransport, AsyncClient, Response
from pwdlib.hashers.argon2 import Argon2Hasher

from app.application import build_application
from app.auth import limits
from app.auth.schemas import TokenPair
from app.auth.sessions import Origin, Sessions
from app.features import Settings
from shared.testing import client
from shared.testing.provider import Provider, answering
from shared.web import Feature, Service
from tests.auth.examples import (
    AUTH,
    EMAIL,
    LOGIN,
    PASSWORD,
    USERS,
    bearing,
    logged_in,
    registered,
)
from tests.support.users import FakeUsers

BCRYPT = "$2b$12$KIXQJ8h1bM1V6l6p6V1V1uJq9K9K9K9K9K9K9K9K9K9K9K9K9K9K9"
OLD = Argon2Hasher(time_cost=2, memory_cost=16, parallelism=1)
WRONG = LOGIN | {"password": "wrong horse battery"}


async def status_of_login(api: AsyncClient, body: dict[str, str]) -> int:
    """Log in, and return the status."""
    return (await api.post(f"{AUTH}/login", json=body)).status_code


def at(app: Service, place: str) -> AsyncClient:
    """Return a client at a place, of a service that runs."""
    return AsyncClient(transport=ASGITransport(app, client=(place, 1)), base_url="http://service")


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


async def test_who_may_not_log_in_is_not_told_why(api: AsyncClient, users: FakeUsers) -> None:
    answers = [await api.post(f"{AUTH}/login", json=LOGIN)]
    record = users.records[(await registered(api))["id"]]
    answers.append(await api.post(f"{AUTH}/login", json=WRONG))
    for change in ({"is_active": False}, {"password_hash": None}, {"password_hash": BCRYPT}):
        record.update(is_active=True)
        record.update(change)
        answers.append(await api.post(f"{AUTH}/login", json=LOGIN))
    assert [told(answer) for answer in answers] == [told(answers[0])] * 5
    assert told(answers[0])["body"]["code"] == "bad-credentials"
    assert answers[0].status_code == 401


async def test_a_hash_of_old_is_replaced_by_the_first_login(
    api: AsyncClient, users: FakeUsers
) -> None:
    record = users.records[(await registered(api))["id"]]
    record["password_hash"] = old = OLD.hash(PASSWORD)
    await logged_in(api)
    assert record["password_hash"] not in {old, None}
    renewed = record["password_hash"]
    await logged_in(api)
    # The password is the same, so the user is: nobody is told of a change.
    assert (record["password_hash"], record["version"]) == (renewed, 1)


async def test_only_failures_are_limited_by_address_and_place(
    settings: Settings, features: Iterable[Feature]
) -> None:
    few = settings.model_copy(update={"login_attempts": 3})
    app = build_application(few, features)
    async with client(app) as api, at(app, "192.0.2.1") as stranger:
        await registered(api)
        for _ in range(9):
            await logged_in(api)
        for _ in range(3):
            assert (await stranger.post(f"{AUTH}/login", json=WRONG)).status_code == 401
        refused = await stranger.post(f"{AUTH}/login", json=LOGIN | {"email": EMAIL.upper()})
        assert (refused.status_code, refused.json()["code"]) == (429, "too-many-attempts")
        assert 0 < int(refused.headers["Retry-After"]) <= settings.login_window_seconds
        # Nobody can lock somebody else out, and others are not locked out at that place.
        await logged_in(api)
        other = await stranger.post(f"{AUTH}/login", json=LOGIN | {"email": "eve@example.org"})
        assert other.status_code == 401


async def test_one_place_may_fail_for_several_people_but_not_for_all(
    settings: Settings, features: Iterable[Feature]
) -> None:
    few = settings.model_copy(update={"login_attempts": 1})
    app = build_application(few, features)
    async with client(app) as api, at(app, "2001:db8::2") as neighbour:
        for number in range(limits.PEOPLE_PER_PLACE):
            body = LOGIN | {"email": f"{number}@example.org"}
            assert (await status_of_login(neighbour, body)) == 401
        async with at(app, "2001:db8::3") as same_network:
            assert await status_of_login(same_network, LOGIN) == 429
        assert await status_of_login(api, LOGIN) == 401


async def test_one_address_has_a_ceiling_that_only_many_places_reach(
    settings: Settings, features: Iterable[Feature], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PLACES_PER_PERSON", 2)
    app = build_application(settings.model_copy(update={"login_attempts": 1}), features)
    statuses = []
    async with client(app):
        for number in range(3):
            async with at(app, f"192.0.2.{number}") as api:
                statuses.append(await status_of_login(api, LOGIN))
    assert statuses == [401, 401, 429]


async def test_of_many_guesses_at_once_no_more_than_allowed_are_looked_at(
    settings: Settings, features: Iterable[Feature]
) -> None:
    few = settings.model_copy(update={"login_attempts": 3})
    async with client(build_application(few, features)) as api:
        await registered(api)
        answers = await asyncio.gather(*(status_of_login(api, WRONG) for _ in range(12)))
    assert sorted(answers) == [401] * 3 + [429] * 9


@pytest.mark.parametrize("change", [{"is_active": False}, {"password_hash": BCRYPT}], ids=str)
async def test_who_is_deactivated_or_has_another_password_meanwhile_gets_no_session(
    api: AsyncClient, users: FakeUsers, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]
) -> None:
    user = await registered(api)
    tokens = await logged_in(api)
    begin = Sessions.begin

    async def begin_late(self: Sessions, user_id: UUID, origin: Origin) -> tuple[UUID, TokenPair]:
        begun = await begin(self, user_id, origin)
        users.records[user["id"]].update(change)
        return begun

    monkeypatch.setattr(Sessions, "begin", begin_late)
    assert await status_of_login(api, LOGIN) == 401
    users.records[user["id"]]["is_active"] = True
    path, headers = f"{USERS}/{user['id']}/sessions", bearing(tokens["access_token"])
    assert len((await api.get(path, headers=headers)).json()) == 1


async def test_an_unknown_address_takes_as_long_as_a_wrong_password(
    settings: Settings, features: Iterable[Feature]
) -> None:
    costly = {"password_memory_kib": 16 * 1024, "password_passes": 4, "login_attempts": 1000}
    async with client(build_application(settings.model_copy(update=costly), features)) as api:
        await registered(api)
        unknown, wrong = [], []
        for _ in range(5):
            unknown.append(await seconds(api, WRONG | {"email": "nobody@example.org"}))
            wrong.append(await seconds(api, WRONG))
    assert min(unknown) == pytest.approx(min(wrong), rel=0.5)


async def seconds(api: AsyncClient, body: dict[str, str]) -> float:
    # Of the processor, not of the clock: what else the machine does must not count.
    begun = process_time()
    assert await status_of_login(api, body) == 401
    return process_time() - begun


async def test_without_the_data_service_a_login_is_a_503(
    api: AsyncClient, provider: Provider
) -> None:
    provider.fault = answering(503)
    response = await api.post(f"{AUTH}/login", json=LOGIN)
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")


async def test_an_invalid_login_is_a_422(api: AsyncClient, subtests: pytest.Subtests) -> None:
    for body in ({}, {"email": "ada"}, LOGIN | {"password": ""}):
        with subtests.test(body=body):
            assert (await api.post(f"{AUTH}/login", json=body)).status_code == 422
