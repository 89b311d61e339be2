"""A Redis that can go away and come back, or refuse to write."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from secrets import token_hex
from typing import TypeVar
from unittest.mock import patch
from urllib.parse import urlsplit

from pydantic import SecretStr
from redis.asyncio import Redis

from app import redis
from app.redis import STATE, RedisSettings, RedisStore, StateRedis
from shared.lifecycle import Lifecycle
from shared.testing import Proxy, proxy

# Long enough to be left alone in, too short to wait for.
PAUSE_SECONDS = 0.1

SettingsT = TypeVar("SettingsT", bound=RedisSettings)


@asynccontextmanager
async def state_redis(settings: RedisSettings) -> AsyncIterator[StateRedis]:
    """Yield an opened Redis."""
    async with Lifecycle((STATE,), {RedisSettings: settings}) as resources:
        yield resources.get(StateRedis)


@asynccontextmanager
async def redis_store(settings: RedisSettings) -> AsyncIterator[RedisStore]:
    """Yield what runs commands on an opened Redis."""
    async with state_redis(settings) as opened:
        yield opened.store("tests")


@asynccontextmanager
async def flaky_redis(settings: SettingsT) -> AsyncIterator[tuple[Proxy, SettingsT]]:
    """Yield what stands before Redis, and settings with its address, for the cache as well."""
    url = urlsplit(settings.redis_url.get_secret_value())
    with patch.object(redis, "PAUSE_SECONDS", PAUSE_SECONDS):
        async with proxy(url.hostname or "", url.port or 6379) as between:
            user = f"{url.username or ''}:{url.password}@" if url.password else ""
            moved = url._replace(netloc=f"{user}127.0.0.1:{between.port}").geturl()
            urls = {"redis_url", "cache_redis_url"} & set(type(settings).model_fields)
            yield between, settings.model_copy(update=dict.fromkeys(urls, SecretStr(moved)))


@asynccontextmanager
async def read_only_redis(settings: SettingsT) -> AsyncIterator[SettingsT]:
    """Yield settings of a user whose writes Redis refuses, as a full one refuses everybody's."""
    url = urlsplit(settings.redis_url.get_secret_value())
    user, password = f"reader-{token_hex(4)}", token_hex(16)
    async with Redis.from_url(url.geturl()) as admin:
        await admin.acl_setuser(
            user,
            enabled=True,
            passwords=[f"+{password}"],
            keys=["*"],
            categories=["+@all", "-@write"],
        )
        netloc = f"{user}:{password}@{url.hostname}:{url.port or 6379}"
        moved = SecretStr(url._replace(netloc=netloc).geturl())
        try:
            yield settings.model_copy(update={"redis_url": moved})
        finally:
            await admin.acl_deluser(user)
