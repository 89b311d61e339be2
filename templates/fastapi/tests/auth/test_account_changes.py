"""People change their password and their address, and get a forgotten password reset."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from httpx2 import AsyncClient, Response

from app.application import build_application
from app.features import Settings
from shared.testing import client
from shared.testing.provider import Provider, answering
from shared.web import Feature
from tests.auth.conftest import Inbox, watched
from tests.auth.examples import AUTH, EMAIL, LOGIN, PASSWORD, USERS, bearing, logged_in, registered
from tests.support.users import FakeUsers

NEW, NEW_EMAIL = "another horse battery", "ada@new.example"
FORGOTTEN, RESET = f"{USERS}/password/forgotten", f"{USERS}/password/reset"
ADDRESS, CONFIRM = f"{USERS}/me/email", f"{USERS}/email/confirm"


async def change_password(api: AsyncClient, token: str, current: str = PASSWORD) -> Response:
    body = {"current_password": current, "new_password": NEW}
    return await api.put(f"{USERS}/me/password", json=body, headers=bearing(token))


async def reset(api: AsyncClient, token: str) -> Response:
    return await api.post(RESET, json={"token": token, "new_password": NEW})


async def change_address(api: AsyncClient, token: str, password: str = PASSWORD) -> Response:
    body = {"email": NEW_EMAIL, "password": password}
    return await api.post(ADDRESS, json=body, headers=bearing(token))


async def me(api: AsyncClient, tokens: dict[str, Any]) -> int:
    return (await api.get(f"{USERS}/me", headers=bearing(tokens["access_token"]))).status_code


async def login(api: AsyncClient, **changes: str) -> int:
    return (await api.post(f"{AUTH}/login", json=LOGIN | changes)).status_code


async def test_a_password_is_changed_by_who_knows_it_and_ends_all_other_sessions(
    api: AsyncClient, inbox: Inbox
) -> None:
    await registered(api)
    mine, other = await logged_in(api), await logged_in(api)
    wrong = await change_password(api, mine["access_token"], "wrong horse battery")
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong-password")
    assert await me(api, other) == 200
    assert (await change_password(api, mine["access_token"])).status_code == 204
    assert (await me(api, mine), await me(api, other)) == (200, 401)
    assert (await login(api), await login(api, password=NEW)) == (401, 200)
    assert inbox.take() == [("password-changed", EMAIL)]


async def test_who_stole_a_token_has_only_few_guesses_at_the_password(
    api: AsyncClient, settings: Settings
) -> None:
    await registered(api)
    token = (await logged_in(api))["access_token"]
    for _ in range(settings.login_attempts):
        assert (await change_password(api, token, "wrong horse battery")).status_code == 403
    assert (await change_password(api, token)).status_code == 429
    assert (await change_address(api, token)).status_code == 429


async def test_a_forgotten_password_is_reset_once_by_who_gets_the_message(
    api: AsyncClient, inbox: Inbox
) -> None:
    await registered(api)
    session = await logged_in(api)
    assert (await api.post(FORGOTTEN, json={"email": EMAIL})).status_code == 202
    token = inbox.take_token("reset-password")
    answers = await asyncio.gather(*(reset(api, token) for _ in range(8)))
    assert sorted(each.status_code for each in answers) == [204] + [400] * 7
    assert inbox.take() == [("password-changed", EMAIL)]
    assert await me(api, session) == 401
    assert (await login(api), await login(api, password=NEW)) == (401, 200)
    assert (await reset(api, token)).json()["code"] == "bad-proof"


async def test_asking_for_a_reset_tells_nothing_of_who_has_an_account(
    api: AsyncClient, users: FakeUsers, inbox: Inbox
) -> None:
    user = await registered(api)
    known = await api.post(FORGOTTEN, json={"email": EMAIL})
    unknown = await api.post(FORGOTTEN, json={"email": "bob@example.org"})
    users.records[user["id"]]["is_active"] = False
    inactive = await api.post(FORGOTTEN, json={"email": EMAIL})
    for each in (known, unknown, inactive):
        assert (each.status_code, each.text) == (known.status_code, known.text)
    assert inbox.take() == [("reset-password", EMAIL)]


async def test_neither_does_its_time_for_what_differs_is_done_after_the_answer(
    settings: Settings, features: Iterable[Feature], provider: Provider
) -> None:
    app = build_application(settings, features)
    async with client(app), watched(app, provider) as (api, before_answers):
        assert (await api.post(FORGOTTEN, json={"email": EMAIL})).status_code == 202
    assert before_answers == [[]]
    assert provider.calls != []


@pytest.mark.parametrize("what", ["password", "deactivation"])
async def test_a_reset_is_void_after(
    api: AsyncClient, users: FakeUsers, inbox: Inbox, what: str
) -> None:
    user = await registered(api)
    session = await logged_in(api)
    await api.post(FORGOTTEN, json={"email": EMAIL})
    token = inbox.take_token("reset-password")
    if what == "password":
        assert (await change_password(api, session["access_token"])).status_code == 204
    else:
        users.records[user["id"]]["is_active"] = False
    assert (await reset(api, token)).status_code == 400


async def test_after_a_failure_a_reset_works_still(
    api: AsyncClient, inbox: Inbox, provider: Provider
) -> None:
    await registered(api)
    await api.post(FORGOTTEN, json={"email": EMAIL})
    token = inbox.take_token("reset-password")
    provider.fault = answering(503)
    assert (await reset(api, token)).status_code == 503
    provider.fault = None
    assert (await reset(api, token)).status_code == 204


async def test_an_address_is_changed_by_the_password_and_confirmed_at_the_new_one(
    api: AsyncClient, users: FakeUsers, inbox: Inbox
) -> None:
    user = await registered(api)
    token = (await logged_in(api))["access_token"]
    assert (await change_address(api, token, "wrong horse battery")).status_code == 403
    assert inbox.take() == []
    assert (await change_address(api, token)).status_code == 202
    assert users.records[user["id"]]["email"] == EMAIL
    [message] = inbox.messages
    assert message.email == NEW_EMAIL
    proof = inbox.take_token("confirm-address")
    changed = await api.post(CONFIRM, json={"token": proof})
    assert (changed.status_code, changed.json()["email"]) == (200, NEW_EMAIL)
    assert inbox.take() == [("address-changed", EMAIL)]
    assert users.records[user["id"]]["email_verified_at"] is not None
    assert (await login(api), await login(api, email=NEW_EMAIL)) == (401, 200)
    assert (await api.post(CONFIRM, json={"token": proof})).status_code == 400


async def test_an_address_that_somebody_has_is_told_only_to_who_gets_its_messages(
    api: AsyncClient, inbox: Inbox
) -> None:
    await registered(api)
    await registered(api, NEW_EMAIL)
    token = (await logged_in(api))["access_token"]
    assert (await change_address(api, token)).status_code == 202
    taken = await api.post(CONFIRM, json={"token": inbox.take_token("confirm-address")})
    assert (taken.status_code, taken.json()["code"]) == (409, "already-taken")


async def test_a_changed_password_voids_a_change_of_address(api: AsyncClient, inbox: Inbox) -> None:
    await registered(api)
    token = (await logged_in(api))["access_token"]
    await change_address(api, token)
    proof = inbox.take_token("confirm-address")
    assert (await change_password(api, token)).status_code == 204
    assert (await api.post(CONFIRM, json={"token": proof})).status_code == 400


async def test_a_proof_is_good_for_its_purpose_only(api: AsyncClient, inbox: Inbox) -> None:
    await registered(api)
    await api.post(FORGOTTEN, json={"email": EMAIL})
    token = inbox.take_token("reset-password")
    assert (await api.post(CONFIRM, json={"token": token})).status_code == 400
    assert (await reset(api, token)).status_code == 204
