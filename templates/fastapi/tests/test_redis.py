import asyncio
from collections.abc import AsyncIterator
from time import perf_counter

import pytest
from httpx2 import AsyncClient

from app.application import build_application
from app.features import FEATURES, Settings
from app.redis import STORE, Store
from shared.errors import ConfigurationError, UnavailableError
from shared.lifecycle import Resources
from shared.settings import load_settings
from shared.testing import Proxy, client, wait_until
from tests.support.notes import NOTES, Desk, feature_at
from tests.support.redis import frail_redis

KEY = {"Idempotency-Key": "a-key-of-mine"}


@pytest.fixture
async def frail(settings: Settings, desk: Desk) -> AsyncIterator[tuple[AsyncClient, Proxy]]:
    """A service and what stands between it and Redis."""
    async with frail_redis(settings) as (between, moved):
        app = build_application(moved, features=(*FEATURES, feature_at(desk)))
        async with client(app) as connected:
            yield connected, between


async def test_every_key_has_the_prefix(settings: Settings) -> None:
    async with STORE.open(Resources({STORE.requires[0]: settings})) as store:
        key = store.key("a", "b")
        assert key == f"{settings.redis_prefix}a:b"
        await store.run(lambda redis: redis.set(key, "1", ex=1))


async def test_without_a_prefix_it_is_the_services_name(settings: Settings) -> None:
    given = settings.model_copy(update={"redis_prefix": ""})
    async with STORE.open(Resources({STORE.requires[0]: given})) as store:
        assert store.key("a") == "tested:a"


async def test_while_it_is_away_nobody_waits_for_it(settings: Settings) -> None:
    async with (
        frail_redis(settings) as (between, moved),
        STORE.open(Resources({STORE.requires[0]: moved})) as store,
    ):
        assert await answers(store)
        await between.cut()
        begun = perf_counter()
        assert not any([await answers(store) for _ in range(100)])
        assert perf_counter() - begun < 1
        await between.join()
        await wait_until(lambda: answers(store), what="Redis again")


async def answers(store: Store) -> bool:
    try:
        await store.run(lambda redis: redis.get(store.key("a")))
    except UnavailableError:
        return False
    return True


async def test_without_it_the_service_is_ready_and_serves(
    frail: tuple[AsyncClient, Proxy],
) -> None:
    api, between = frail
    await between.cut()
    assert (await api.get("/ready")).status_code == 200
    assert (await api.post(NOTES, json={"title": "a"})).status_code == 201


async def test_without_it_a_key_is_refused_and_with_it_again_taken(
    frail: tuple[AsyncClient, Proxy], desk: Desk
) -> None:
    api, between = frail
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
    frail: tuple[AsyncClient, Proxy], desk: Desk
) -> None:
    api, between = frail
    desk.going_on.clear()
    running = asyncio.ensure_future(api.post(NOTES, json={"title": "a"}, headers=KEY))

    async def begun() -> bool:
        return desk.count == 1

    await wait_until(begun, what="the request")
    await between.cut()
    desk.going_on.set()
    assert (await running).status_code == 201


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("url", ["localhost:6379", "http://:s3cret@localhost", "redis://"])
def test_a_bad_address_is_refused_by_name_and_not_shown(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", url)
    with pytest.raises(ConfigurationError, match=r"^REDIS_URL is not valid") as refused:
        load_settings(Settings)
    assert "s3cret" not in str(refused.value)
