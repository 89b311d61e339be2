"""The service says when its Redis keeps nothing, and goes on by itself when it does."""

from secrets import token_hex
from urllib.parse import urlsplit

from pydantic import SecretStr
from redis.asyncio import Redis

from app.application import build_application
from app.features import Settings
from shared.testing import client


async def test_a_redis_that_refuses_writes_is_told_and_its_end_too(settings: Settings) -> None:
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
                assert (await connected.get("/ready")).status_code == 200
                # As a full one does, but for this user alone.
                await allow("+@all", "-@write")
                answer = await connected.get("/ready")
                assert answer.status_code == 503
                assert answer.json()["checks"]["ServiceRedis"] != "ok"
                await allow("+@all")
                assert (await connected.get("/ready")).status_code == 200
        finally:
            await admin.acl_deluser(user)
