"""The service says whether it can work, and comes back by itself."""

from secrets import token_hex
from urllib.parse import urlsplit

from httpx2 import AsyncClient
from pydantic import SecretStr
from redis.asyncio import Redis

from app.application import build_application
from app.features import Settings
from shared.testing import client, wait_until
from shared.testing.telegram import Failure, FakeBot, FakeChat


async def become_ready(service: AsyncClient) -> None:
    async def ready() -> bool:
        return (await service.get("/ready")).status_code == 200

    await wait_until(ready, what="readiness")


async def test_it_is_ready_when_all_is_there(bot: AsyncClient) -> None:
    await become_ready(bot)
    checks = (await bot.get("/ready")).json()["checks"]
    assert checks["Bot"] == checks["Polling"] == checks["ServiceRedis"] == "ok"
    assert checks["DataServiceClient"] == "ok"


async def test_without_the_data_service_it_is_not_ready(settings: Settings) -> None:
    gone = settings.model_copy(update={"data_service_url": "http://127.0.0.1:9"})
    async with client(build_application(gone)) as connected:
        assert (await connected.get("/ready")).status_code == 503
        assert (await connected.get("/health")).status_code == 200


async def test_without_telegram_it_is_not_ready_and_loses_nothing(
    bot: AsyncClient, fake_bot: FakeBot, ann: FakeChat
) -> None:
    fake_bot.fail(Failure(method=None, times=None, loss="before"))
    asked = ann.send_text("/help")
    assert (await bot.get("/ready")).status_code == 503
    fake_bot.heal()
    await ann.wait_for_reply("What I can do", after=asked)
    await become_ready(bot)


async def test_without_redis_nothing_is_confirmed_and_nothing_lost(
    settings: Settings, fake_bot: FakeBot, ann: FakeChat
) -> None:
    url = urlsplit(settings.redis_url.get_secret_value())
    user, password = f"reader-{token_hex(4)}", token_hex(16)
    moved = url._replace(netloc=f"{user}:{password}@{url.hostname}:{url.port or 6379}").geturl()
    reading = settings.model_copy(update={"redis_url": SecretStr(moved)})
    async with Redis.from_url(url.geturl()) as admin:

        async def allow(*categories: str) -> None:
            passwords = [f"+{password}"]
            await admin.acl_setuser(
                user, enabled=True, passwords=passwords, keys=["*"], categories=[*categories]
            )

        await allow("+@all")
        try:
            async with client(build_application(reading)) as connected:
                await become_ready(connected)
                # As a full one does, but for this user alone.
                await allow("+@all", "-@write")
                asked = ann.send_text("/help")
                answer = await connected.get("/ready")
                assert answer.status_code == 503
                assert answer.json()["checks"]["ServiceRedis"] != "ok"
                assert fake_bot.pending == 1
                await allow("+@all")
                await ann.wait_for_reply("What I can do", after=asked)
                await become_ready(connected)
        finally:
            await admin.acl_deluser(user)
