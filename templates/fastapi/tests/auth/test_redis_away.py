"""What only Redis knows is not guessed: without it nobody is let in."""

from collections.abc import AsyncIterator
from typing import TypeAlias

import pytest
from httpx2 import AsyncClient

from app.application import build_application
from app.features import Settings
from shared.testing import Proxy, client, wait_until
from tests.auth.examples import AUTH, LOGIN, USERS, bearing, logged_in, registered
from tests.support.redis import flaky_redis, read_only_redis

Flaky: TypeAlias = tuple[AsyncClient, Proxy]


@pytest.fixture
async def flaky(settings: Settings) -> AsyncIterator[Flaky]:
    """A service and what stands between it and Redis."""
    async with (
        flaky_redis(settings) as (between, moved),
        client(build_application(moved)) as connected,
    ):
        yield connected, between


async def test_without_redis_no_token_is_accepted_and_attempts_are_still_counted(
    flaky: Flaky, settings: Settings
) -> None:
    api, between = flaky
    await registered(api)
    headers = bearing((await logged_in(api))["access_token"])
    await between.cut()
    refused = await api.get(f"{USERS}/me", headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    answers = [await api.post(f"{AUTH}/login", json=LOGIN) for _ in range(settings.login_attempts)]
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert (await api.post(f"{AUTH}/login", json=LOGIN)).status_code == 429


async def test_where_redis_refuses_to_write_an_ended_session_stays_ended(
    settings: Settings,
) -> None:
    async with client(build_application(settings)) as api:
        await registered(api)
        headers = bearing((await logged_in(api))["access_token"])
        assert (await api.post(f"{AUTH}/logout", headers=headers)).status_code == 204
    async with read_only_redis(settings) as reading, client(build_application(reading)) as api:
        for _ in range(3):
            # Its counter can't be written.
            assert (await api.post(f"{AUTH}/login", json=LOGIN)).status_code == 200
            assert (await api.get(f"{USERS}/me", headers=headers)).status_code == 401


async def test_without_redis_no_session_is_prolonged_or_ended_but_with_it_again(
    flaky: Flaky,
) -> None:
    api, between = flaky
    await registered(api)
    tokens = await logged_in(api)
    headers, body = bearing(tokens["access_token"]), {"refresh_token": tokens["refresh_token"]}
    await between.cut()
    refused = [
        await api.post(f"{AUTH}/refresh", json=body),
        await api.post(f"{AUTH}/logout", headers=headers),
    ]
    for response in refused:
        assert (response.status_code, response.json()["code"]) == (503, "unavailable")
        assert response.headers["Retry-After"] == "1"
    await between.join()

    async def refreshed() -> bool:
        return (await api.post(f"{AUTH}/refresh", json=body)).status_code == 200

    await wait_until(refreshed, what="Redis again")
    assert (await api.post(f"{AUTH}/logout", headers=headers)).status_code == 204
    assert (await api.get(f"{USERS}/me", headers=headers)).status_code == 401
