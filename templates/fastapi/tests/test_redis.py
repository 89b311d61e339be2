"""Redis may go away and come back, be full or busy: none of it is taken for another."""

import asyncio
from time import perf_counter

import pytest
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError

from app import redis
from app.features import Settings
from app.redis import RedisStore
from shared.errors import ConfigurationError, UnavailableError
from shared.settings import load_settings
from shared.testing import wait_until
from tests.support.redis import flaky_redis, read_only_redis, redis_store, state_redis


async def test_every_key_has_the_prefix(settings: Settings) -> None:
    async with redis_store(settings) as store:
        key = store.key("a", "b")
        assert key == f"{settings.redis_prefix}a:b"
        await store.run(lambda client: client.set(key, "1", ex=1))


async def test_without_a_prefix_it_is_the_services_name(settings: Settings) -> None:
    async with redis_store(settings.model_copy(update={"redis_prefix": ""})) as store:
        assert store.key("a") == "tested:a"


async def test_while_it_is_away_nobody_waits_for_it(settings: Settings) -> None:
    async with flaky_redis(settings) as (between, moved), redis_store(moved) as store:
        assert await answers(store)
        await between.cut()
        begun = perf_counter()
        assert not any([await answers(store) for _ in range(100)])
        assert perf_counter() - begun < 10
        await between.join()
        await wait_until(lambda: answers(store), what="Redis again")


async def test_a_refused_command_keeps_no_other_from_being_tried(settings: Settings) -> None:
    async with read_only_redis(settings) as reading, redis_store(reading) as store:
        for _ in range(3):
            with pytest.raises(UnavailableError):
                await store.run(lambda client: client.set(store.key("a"), "1", ex=1))
            assert await answers(store)


async def test_one_purpose_does_not_decide_about_another(settings: Settings) -> None:
    async with state_redis(settings) as state:
        limits, sessions = state.store("limits"), state.store("sessions")
        with pytest.raises(UnavailableError):
            await limits.run(lost)
        assert not await answers(limits)
        assert await answers(sessions)


async def lost(_: Redis) -> None:
    raise ConnectionResetError


async def test_a_busy_pool_is_no_lost_connection(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis, "MAX_CONNECTIONS", 1)
    monkeypatch.setattr(redis, "TIMEOUT_SECONDS", 0.1)
    async with redis_store(settings) as store:
        entered, go_on = asyncio.Event(), asyncio.Event()

        async def occupy(client: Redis) -> None:
            async with client.pipeline() as pipeline:
                await pipeline.watch(store.key("a"))
                entered.set()
                await go_on.wait()

        occupied = asyncio.ensure_future(store.run(occupy))
        await entered.wait()
        assert not await answers(store)
        go_on.set()
        await occupied
        assert await answers(store)


async def test_a_ping_writes(settings: Settings) -> None:
    async with state_redis(settings) as state:
        await state.ping()
    async with read_only_redis(settings) as reading, state_redis(reading) as state:
        with pytest.raises(NoPermissionError):
            await state.ping()


async def answers(store: RedisStore) -> bool:
    try:
        await store.run(lambda client: client.get(store.key("a")))
    except UnavailableError:
        return False
    return True


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("url", ["localhost:6379", "http://:s3cret@localhost", "redis://"])
def test_a_bad_address_is_refused_by_name_and_not_shown(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", url)
    with pytest.raises(ConfigurationError, match=r"^REDIS_URL is not valid") as refused:
        load_settings(Settings)
    assert "s3cret" not in str(refused.value)
