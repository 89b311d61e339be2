"""A session goes on by its refresh tokens, and ends for all of its tokens at once."""

import asyncio
from collections.abc import Callable, Iterable
from time import time
from typing import Any
from uuid import uuid4

import jwt
import pytest
from httpx2 import AsyncClient, Response

from app.application import build_application
from app.auth import sessions
from app.features import Settings
from shared.testing import client
from shared.web import Feature
from tests.auth.examples import AUTH, PASSWORD, USERS, bearing, logged_in, registered
from tests.support.users import FakeUsers

ME = f"{USERS}/me"
Tokens = dict[str, Any]
Clock = Callable[[float], None]


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return what moves the clock of sessions on."""
    now = time()

    def moved(seconds: float) -> None:
        nonlocal now
        now += seconds
        monkeypatch.setattr(sessions, "time", lambda: now)

    moved(0)
    return moved


async def refresh(api: AsyncClient, tokens: Tokens) -> Response:
    return await api.post(f"{AUTH}/refresh", json={"refresh_token": tokens["refresh_token"]})


async def me(api: AsyncClient, tokens: Tokens) -> Response:
    return await api.get(ME, headers=bearing(tokens["access_token"]))


async def listed(api: AsyncClient, user: dict[str, Any], tokens: Tokens) -> list[dict[str, Any]]:
    path, headers = f"{USERS}/{user['id']}/sessions", bearing(tokens["access_token"])
    found: list[dict[str, Any]] = (await api.get(path, headers=headers)).json()
    return found


async def test_the_user_who_is_asking_is_read(api: AsyncClient) -> None:
    user = await registered(api)
    response = await me(api, await logged_in(api))
    assert (response.status_code, response.json()) == (200, user)
    assert (await api.get(ME)).status_code == 401


async def test_a_session_goes_on_from_token_to_token(api: AsyncClient) -> None:
    await registered(api)
    first = await logged_in(api)
    second = (await refresh(api, first)).json()
    third = (await refresh(api, second)).json()
    assert len({each["refresh_token"] for each in (first, second, third)}) == 3
    for tokens in (first, second, third):
        assert (await me(api, tokens)).status_code == 200


async def test_two_tabs_and_lost_answers_get_the_same_next_token(api: AsyncClient) -> None:
    await registered(api)
    tokens = await logged_in(api)
    answers = await asyncio.gather(*(refresh(api, tokens) for _ in range(8)))
    assert [each.status_code for each in answers] == [200] * 8
    assert len({each.json()["refresh_token"] for each in answers}) == 1
    assert (await refresh(api, answers[0].json())).status_code == 200


async def test_after_the_leeway_a_used_token_ends_its_session_and_no_other(
    api: AsyncClient, settings: Settings, pass_time: Clock
) -> None:
    await registered(api)
    first, other = await logged_in(api), await logged_in(api)
    second = (await refresh(api, first)).json()
    pass_time(settings.refresh_leeway_seconds + 1)
    stolen = await refresh(api, first)
    assert (stolen.status_code, stolen.json()["code"]) == (401, "bad-token")
    assert (await refresh(api, second)).status_code == 401
    assert (await me(api, second)).status_code == 401
    assert (await me(api, other)).status_code == 200


async def test_within_the_leeway_a_token_from_before_the_last_one_ends_the_session_too(
    api: AsyncClient,
) -> None:
    await registered(api)
    first = await logged_in(api)
    third = (await refresh(api, (await refresh(api, first)).json())).json()
    assert (await refresh(api, first)).status_code == 401
    assert (await me(api, third)).status_code == 401


async def test_a_session_has_an_end_that_no_refresh_moves(
    settings: Settings, features: Iterable[Feature], pass_time: Clock
) -> None:
    short = settings.model_copy(update={"session_seconds": 60})
    async with client(build_application(short, features)) as api:
        await registered(api)
        pass_time(-50)
        first = await logged_in(api)
        assert first["expires_in"] == 60
        pass_time(50)
        second = (await refresh(api, first)).json()
        assert second["expires_in"] == 10
        claims = jwt.decode(second["refresh_token"], options={"verify_signature": False})
        assert claims["exp"] - claims["iat"] == 10
        pass_time(-100)
        assert (await me(api, await logged_in(api))).status_code == 401


async def test_after_logout_no_token_of_the_session_works(api: AsyncClient) -> None:
    await registered(api)
    first, other = await logged_in(api), await logged_in(api)
    second = (await refresh(api, first)).json()
    response = await api.post(f"{AUTH}/logout", headers=bearing(first["access_token"]))
    assert (response.status_code, response.content) == (204, b"")
    assert (await me(api, second)).status_code == 401
    assert (await refresh(api, second)).status_code == 401
    assert (await me(api, other)).status_code == 200


async def test_an_access_token_refreshes_nothing_and_a_refresh_token_opens_nothing(
    api: AsyncClient,
) -> None:
    await registered(api)
    tokens = await logged_in(api)
    swapped = {
        "access_token": tokens["refresh_token"],
        "refresh_token": tokens["access_token"],
    }
    assert (await me(api, swapped)).status_code == 401
    assert (await refresh(api, swapped)).status_code == 401
    assert (await refresh(api, tokens)).status_code == 200


async def test_who_is_deactivated_elsewhere_or_gone_goes_on_with_nothing(
    api: AsyncClient, users: FakeUsers
) -> None:
    user = await registered(api)
    tokens = await logged_in(api)
    users.records[user["id"]]["is_active"] = False
    assert (await me(api, tokens)).status_code == 401
    assert (await refresh(api, tokens)).status_code == 401
    users.records.clear()
    assert (await me(api, tokens)).status_code == 401


async def test_sessions_are_listed_with_where_they_come_from(api: AsyncClient) -> None:
    user = await registered(api)
    await api.post(
        f"{AUTH}/login",
        json={"email": user["email"], "password": PASSWORD},
        headers={"User-Agent": "a phone"},
    )
    current = await logged_in(api)
    found = await listed(api, user, current)
    assert [each["is_current"] for each in found].count(True) == 1
    [phone] = [each for each in found if each["user_agent"] == "a phone"]
    assert (phone["place"], phone["is_current"]) == ("127.0.0.1", False)
    assert phone["created_at"] == phone["used_at"]
    assert phone["created_at"].endswith("Z")


async def test_sessions_are_ended_one_by_one_or_all(api: AsyncClient) -> None:
    user = await registered(api)
    mine, phone, tablet = [await logged_in(api) for _ in range(3)]
    headers, path = bearing(mine["access_token"]), f"{USERS}/{user['id']}/sessions"
    [phones] = [each["id"] for each in await listed(api, user, phone) if each["is_current"]]
    assert (await api.delete(f"{path}/{phones}", headers=headers)).status_code == 204
    assert (await me(api, phone)).status_code == 401
    assert (await refresh(api, phone)).status_code == 401
    assert (await me(api, tablet)).status_code == 200
    assert (await api.delete(f"{path}/{phones}", headers=headers)).status_code == 404
    assert (await api.delete(path, headers=headers)).status_code == 204
    for ended in (mine, tablet):
        assert (await me(api, ended)).status_code == 401


async def test_nobody_sees_or_ends_the_sessions_of_others(api: AsyncClient) -> None:
    ada, bob = await registered(api), await registered(api, "bob@example.org")
    adas, bobs = await logged_in(api), await logged_in(api, "bob@example.org")
    [session] = await listed(api, ada, adas)
    headers = bearing(bobs["access_token"])
    for method, path in (
        ("GET", f"{USERS}/{ada['id']}/sessions"),
        ("DELETE", f"{USERS}/{ada['id']}/sessions"),
        ("DELETE", f"{USERS}/{ada['id']}/sessions/{session['id']}"),
        ("DELETE", f"{USERS}/{bob['id']}/sessions/{session['id']}"),
        ("DELETE", f"{USERS}/{bob['id']}/sessions/{uuid4()}"),
    ):
        assert (await api.request(method, path, headers=headers)).status_code == 404
    assert (await me(api, adas)).status_code == 200


async def test_of_too_many_sessions_the_one_used_least_recently_ends(
    api: AsyncClient, monkeypatch: pytest.MonkeyPatch, pass_time: Clock
) -> None:
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 2)
    user = await registered(api)
    first = await logged_in(api)
    pass_time(1)
    second = await logged_in(api)
    pass_time(1)
    first = (await refresh(api, first)).json()
    pass_time(1)
    third = await logged_in(api)
    assert [(await me(api, each)).status_code for each in (first, second, third)] == [200, 401, 200]
    assert len(await listed(api, user, third)) == 2
