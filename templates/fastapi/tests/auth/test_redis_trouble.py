"""While Redis is away or full nobody is let in who should not be; nothing is guessed."""

from collections.abc import Iterable

import pytest
from httpx2 import AsyncClient

from app.application import build_application
from app.features import Settings
from shared.testing import client, wait_until
from shared.web import Feature
from tests.auth.examples import AUTH, LOGIN, USERS, bearing, logged_in, registered
from tests.support.redis import flaky_redis, read_only_redis

ME = f"{USERS}/me"


async def statuses(api: AsyncClient, token: str) -> list[int]:
    return [(await api.get(ME, headers=bearing(token))).status_code for _ in range(3)]


async def test_without_redis_everybody_is_refused_and_with_it_again_whoever_may(
    settings: Settings, features: Iterable[Feature]
) -> None:
    async with (
        flaky_redis(settings) as (between, moved),
        client(build_application(moved, features)) as api,
    ):
        await registered(api)
        alive, ended = await logged_in(api), await logged_in(api)
        headers = bearing(ended["access_token"])
        assert (await api.post(f"{AUTH}/logout", headers=headers)).status_code == 204
        await between.cut()
        for response in (
            await api.get(ME, headers=headers),
            await api.get(ME, headers=bearing(alive["access_token"])),
            await api.post(f"{AUTH}/login", json=LOGIN),
            await api.post(f"{AUTH}/refresh", json={"refresh_token": ended["refresh_token"]}),
            await api.post(f"{AUTH}/logout", headers=headers),
        ):
            assert (response.status_code, response.json()["code"]) == (503, "unavailable")
            assert response.headers["Retry-After"] == "1"
        await between.join()

        async def back() -> bool:
            # Never anything but unknown, and then over.
            ended_now = (await api.get(ME, headers=headers)).status_code
            assert ended_now in {401, 503}
            known = await api.get(ME, headers=bearing(alive["access_token"]))
            return ended_now == 401 and known.status_code == 200

        await wait_until(back, what="Redis again")


@pytest.mark.parametrize("attempt", ["login", "refresh", "registration"])
async def test_when_redis_writes_nothing_any_more_no_attempt_switches_anything_off(
    settings: Settings, features: Iterable[Feature], attempt: str
) -> None:
    async with client(build_application(settings, features)) as api:
        await registered(api)
        alive, ended = await logged_in(api), await logged_in(api)
        assert (
            await api.post(f"{AUTH}/logout", headers=bearing(ended["access_token"]))
        ).status_code == 204
    requests = {
        "login": (f"{AUTH}/login", LOGIN),
        "refresh": (f"{AUTH}/refresh", {"refresh_token": alive["refresh_token"]}),
        "registration": (USERS, LOGIN | {"name": "Eve", "email": "eve@example.org"}),
    }
    path, body = requests[attempt]
    async with (
        read_only_redis(settings) as full,
        client(build_application(full, features)) as api,
    ):
        for _ in range(3):
            assert (await api.post(path, json=body)).status_code == 503
            assert await statuses(api, ended["access_token"]) == [401] * 3
            assert await statuses(api, alive["access_token"]) == [200] * 3
