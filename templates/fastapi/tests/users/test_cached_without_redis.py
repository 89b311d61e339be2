"""Users are served while the cache is away."""

from httpx2 import AsyncClient
from pydantic import SecretStr

from app.features import Settings
from shared.testing import Proxy, client, wait_until
from shared.testing.provider import Provider
from tests.support.redis import flaky_redis
from tests.support.users import FakeUsers
from tests.users.examples import USERS, added, open_to_all


async def test_without_redis_users_are_served_and_with_it_kept_again(
    settings: Settings, users: FakeUsers, provider: Provider
) -> None:
    path = f"{USERS}/{(await added(users)).id}"
    async with flaky_redis(settings) as (between, moved), client(open_to_all(moved)) as api:
        await served_without(api, path, between)
        await kept_with(api, path, between, provider)


async def served_without(api: AsyncClient, path: str, between: Proxy) -> None:
    assert (await api.get(path)).status_code == 200
    await between.cut()
    changed = await api.patch(path, json={"version": 1, "name": "Countess"})
    assert (changed.status_code, (await api.get(path)).json()) == (200, changed.json())
    assert 'cache_reads_total{outcome="unavailable"} 1.0' in (await api.get("/metrics")).text


async def kept_with(api: AsyncClient, path: str, between: Proxy, provider: Provider) -> None:
    await between.join()
    asked: list[int] = []

    async def kept() -> bool:
        await api.get(path)
        asked.append(len(provider.calls))
        return len(asked) > 1 and asked[-1] == asked[-2]

    await wait_until(kept, what="a hit")


async def test_ready_does_not_depend_on_the_cache(settings: Settings) -> None:
    nowhere = {"cache_redis_url": SecretStr("redis://127.0.0.1:1/0")}
    async with client(open_to_all(settings.model_copy(update=nowhere))) as api:
        assert (await api.get("/ready")).status_code == 200
