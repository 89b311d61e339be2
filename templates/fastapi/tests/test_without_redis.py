"""The service outlives its Redis."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient

from app.application import build_application
from app.features import FEATURES, Settings
from shared.testing import Proxy, client, wait_until
from tests.support.notes import NOTES, Desk, feature_at
from tests.support.redis import flaky_redis, read_only_redis

KEY = {"Idempotency-Key": "a-key-of-mine"}


@pytest.fixture
async def flaky(settings: Settings, desk: Desk) -> AsyncIterator[tuple[AsyncClient, Proxy]]:
    """A service and what stands between it and Redis."""
    async with flaky_redis(settings) as (between, moved):
        app = build_application(moved, features=(*FEATURES, feature_at(desk)))
        async with client(app) as connected:
            yield connected, between


async def test_without_it_the_service_is_not_ready_and_serves_what_needs_none(
    flaky: tuple[AsyncClient, Proxy],
) -> None:
    api, between = flaky
    await between.cut()
    assert (await api.get("/ready")).status_code == 503
    assert (await api.post(NOTES, json={"title": "a"})).status_code == 201
    await between.join()
    assert (await api.get("/ready")).status_code == 200


async def test_one_that_refuses_to_write_makes_the_service_not_ready(settings: Settings) -> None:
    async with read_only_redis(settings) as reading, client(build_application(reading)) as api:
        ready = await api.get("/ready")
        assert ready.status_code == 503
        assert ready.json()["checks"]["StateRedis"] == "NoPermissionError"


async def test_without_it_a_key_is_refused_and_with_it_again_taken(
    flaky: tuple[AsyncClient, Proxy], desk: Desk
) -> None:
    api, between = flaky
    await between.cut()
    refused = await api.post(NOTES, json={"title": "a"}, headers=KEY)
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert refused.headers["Retry-After"] == "1"
    assert desk.count == 0
    await between.join()

    async def taken() -> bool:
        return (await api.post(NOTES, json={"title": "a"}, headers=KEY)).status_code == 201

    await wait_until(taken, what="Redis again")
    assert await taken()
    assert desk.count == 1


async def test_if_it_goes_away_meanwhile_what_was_done_is_answered(
    flaky: tuple[AsyncClient, Proxy], desk: Desk
) -> None:
    api, between = flaky
    desk.going_on.clear()
    running = asyncio.ensure_future(api.post(NOTES, json={"title": "a"}, headers=KEY))

    async def begun() -> bool:
        return desk.count == 1

    await wait_until(begun, what="the request")
    await between.cut()
    desk.going_on.set()
    assert (await running).status_code == 201
