"""Redis may go away and come back."""

from time import perf_counter

import pytest

from app.features import Settings
from app.redis import STORE, Store
from shared.errors import ConfigurationError, UnavailableError
from shared.lifecycle import Resources
from shared.settings import load_settings
from shared.testing import wait_until
from tests.support.redis import frail_redis


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


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("url", ["localhost:6379", "http://:s3cret@localhost", "redis://"])
def test_a_bad_address_is_refused_by_name_and_not_shown(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", url)
    with pytest.raises(ConfigurationError, match=r"^REDIS_URL is not valid") as refused:
        load_settings(Settings)
    assert "s3cret" not in str(refused.value)
