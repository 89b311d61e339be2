"""Without Redis people log in; what only Redis knows is not guessed."""

from collections.abc import AsyncIterator
from typing import TypeAlias

import pytest
from httpx2 import AsyncClient

from app.application import build_application
from app.features import Settings
from shared.testing import Proxy, client, wait_until
from tests.auth.examples import AUTH, LOGIN, USERS, bearing, logged_in, registered
from tests.support.redis import frail_redis

Frail: TypeAlias = tuple[AsyncClient, Proxy]


@pytest.fixture
async def frail(settings: Settings) -> AsyncIterator[Frail]:
    """A service and what stands between it and Redis."""
    async with (
        frail_redis(settings) as (between, moved),
        client(build_application(moved)) as connected,
    ):
        yield connected, between


async def test_without_redis_people_log_in_and_use_their_tokens(
    frail: Frail, settings: Settings
) -> None:
    api, between = frail
    await registered(api)
    await between.cut()
    headers = bearing((await logged_in(api))["access_token"])
    assert (await api.get(f"{USERS}/me", headers=headers)).status_code == 200
    answers = [await api.post(f"{AUTH}/login", json=LOGIN) for _ in range(settings.login_attempts)]
    assert [answer.status_code for answer in answers] == [200] * (len(answers) - 1) + [429]


async def test_without_redis_no_session_is_prolonged_or_ended_but_with_it_again(
    frail: Frail,
) -> None:
    api, between = frail
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
