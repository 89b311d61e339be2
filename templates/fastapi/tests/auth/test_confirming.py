"""With CONFIRM_ADDRESSES nobody is registered, and nobody learns who is, without the address."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from httpx2 import AsyncClient, Response

from app.application import build_application
from app.features import Settings
from app.redis import RedisStore
from shared.testing import client
from shared.testing.provider import Provider, answering
from shared.web import Feature
from tests.auth.conftest import Inbox, watched
from tests.auth.examples import ADA, EMAIL, PASSWORD, USERS, logged_in
from tests.support.redis import redis_store
from tests.support.users import FakeUsers

CONFIRM, RESEND = f"{USERS}/confirm", f"{USERS}/confirm/resend"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    pages = "https://shop.example/account"
    return settings.model_copy(update={"confirm_addresses": True, "account_pages_url": pages})


@pytest.fixture
async def api(settings: Settings, features: Iterable[Feature]) -> AsyncIterator[AsyncClient]:
    """Yield a client of a service that confirms addresses."""
    async with client(build_application(settings, features)) as connected:
        yield connected


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[RedisStore]:
    async with redis_store(settings) as opened:
        yield opened


async def confirm(api: AsyncClient, token: str, password: str = PASSWORD) -> Response:
    return await api.post(CONFIRM, json={"token": token, "password": password})


def visible(response: Response) -> dict[str, Any]:
    headers = {name: value for name, value in response.headers.items() if name != "x-request-id"}
    return {"status": response.status_code, "headers": headers, "body": response.text}


async def test_a_user_is_registered_once_the_address_is_confirmed(
    api: AsyncClient, users: FakeUsers, inbox: Inbox
) -> None:
    accepted = await api.post(USERS, json=ADA)
    assert (accepted.status_code, accepted.json()) == (202, {"email": EMAIL, "expires_in": 7200})
    assert users.records == {}
    [message] = inbox.messages
    # What a stranger chose is not for the message: neither their name nor anything else.
    assert (message.email, message.name) == (EMAIL, "")
    token = inbox.take_token("confirm-registration")
    assert message.link == f"https://shop.example/account/confirm-registration#token={token}"
    confirmed = await confirm(api, token)
    assert (confirmed.status_code, confirmed.json()["email"]) == (201, EMAIL)
    [record] = users.records.values()
    assert confirmed.headers["Location"] == f"{USERS}/{record['id']}"
    assert record["name"] == "Ada"
    assert record["email_verified_at"] is not None
    assert confirmed.json()["email_verified_at"] is not None
    await logged_in(api)


async def test_an_address_that_is_taken_looks_like_every_other(
    api: AsyncClient, users: FakeUsers, inbox: Inbox
) -> None:
    new = await api.post(USERS, json=ADA)
    await confirm(api, inbox.take_token("confirm-registration"))
    taken = await api.post(USERS, json=ADA | {"password": f"{PASSWORD}!", "name": "Eve"})
    assert visible(taken) == visible(new)
    # The owner is told, and nothing of the account changes.
    assert inbox.take() == [("already-registered", EMAIL)]
    await logged_in(api)
    assert [each["name"] for each in users.records.values()] == ["Ada"]


async def test_who_has_an_account_is_found_out_after_the_answer(
    settings: Settings, features: Iterable[Feature], provider: Provider
) -> None:
    app = build_application(settings, features)
    async with client(app), watched(app, provider) as (api, before_answers):
        assert (await api.post(USERS, json=ADA)).status_code == 202
    assert before_answers == [[]]
    assert provider.calls != []


async def test_a_token_works_once_and_only_with_the_password(
    api: AsyncClient, users: FakeUsers, inbox: Inbox
) -> None:
    await api.post(USERS, json=ADA)
    token = inbox.take_token("confirm-registration")
    wrong = await confirm(api, token, "wrong horse battery")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "bad-credentials")
    answers = await asyncio.gather(*(confirm(api, token) for _ in range(8)))
    assert sorted(each.status_code for each in answers) == [201] + [400] * 7
    assert len(users.records) == 1
    for each in (token, "x", "\u00e4"):
        refused = await confirm(api, each)
        assert (refused.status_code, refused.json()["code"]) == (400, "bad-proof")


async def test_who_registered_somebody_elses_address_does_not_get_in_by_their_click(
    api: AsyncClient, users: FakeUsers, inbox: Inbox
) -> None:
    await api.post(USERS, json=ADA | {"password": "a stranger's password"})
    strangers = inbox.take_token("confirm-registration")
    await api.post(USERS, json=ADA)
    mine = inbox.take_token("confirm-registration")
    assert (await confirm(api, strangers)).status_code == 401
    assert (await confirm(api, mine)).status_code == 201
    late = await confirm(api, strangers, "a stranger's password")
    assert (late.status_code, late.json()["code"]) == (409, "already-taken")
    assert len(users.records) == 1


async def test_after_a_failure_the_token_works_still(
    api: AsyncClient, users: FakeUsers, inbox: Inbox, provider: Provider
) -> None:
    await api.post(USERS, json=ADA)
    token = inbox.take_token("confirm-registration")
    provider.fault = answering(503)
    assert (await confirm(api, token)).status_code == 503
    provider.fault = None
    users.lost_answers = 10
    assert (await confirm(api, token)).status_code == 503
    users.lost_answers = 0
    assert (await confirm(api, token)).status_code == 201
    assert len(users.records) == 1


async def test_a_message_is_sent_again_and_nobody_learns_whether(
    api: AsyncClient, inbox: Inbox
) -> None:
    inbox.is_away = True
    await api.post(USERS, json=ADA)
    inbox.is_away = False
    answers = [
        await api.post(RESEND, json={"email": email}) for email in (EMAIL, "bob@example.org")
    ]
    assert visible(answers[0]) == visible(answers[1])
    assert answers[0].status_code == 202
    assert (await confirm(api, inbox.take_token("confirm-registration"))).status_code == 201


async def test_one_address_gets_only_so_many_messages_from_one_place(
    api: AsyncClient, settings: Settings, inbox: Inbox
) -> None:
    allowed = settings.message_attempts
    await api.post(USERS, json=ADA)
    again = [await api.post(RESEND, json={"email": EMAIL}) for _ in range(allowed)]
    assert [each.status_code for each in again] == [202] * (allowed - 1) + [429]
    assert len(inbox.take()) == allowed


async def test_redis_knows_no_token_and_forgets_registrations(
    api: AsyncClient, store: RedisStore, settings: Settings, inbox: Inbox
) -> None:
    await api.post(USERS, json=ADA)
    token = inbox.take_token("confirm-registration")
    pattern = f"{store.key('proof')}*"
    keys = await store.run(lambda redis: redis.keys(pattern))
    assert len(keys) == 2
    assert token not in str(keys)
    assert all([0 < await ttl(store, key) <= settings.confirmation_seconds for key in keys])


async def ttl(store: RedisStore, key: str | bytes) -> int:
    return await store.run(lambda redis: redis.ttl(key))
