"""A Redis that can go away and come back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar
from unittest.mock import patch
from urllib.parse import urlsplit

from pydantic import SecretStr

from app import redis
from app.redis import RedisSettings
from shared.testing import Proxy, proxy

# Long enough to be left alone in, too short to wait for.
PAUSE_SECONDS = 0.1

SettingsT = TypeVar("SettingsT", bound=RedisSettings)


@asynccontextmanager
async def frail_redis(settings: SettingsT) -> AsyncIterator[tuple[Proxy, SettingsT]]:
    """Yield what stands before Redis, and settings with its address."""
    url = urlsplit(settings.redis_url.get_secret_value())
    with patch.object(redis, "PAUSE_SECONDS", PAUSE_SECONDS):
        async with proxy(url.hostname or "", url.port or 6379) as between:
            password = f":{url.password}@" if url.password else ""
            moved = url._replace(netloc=f"{password}127.0.0.1:{between.port}").geturl()
            yield between, settings.model_copy(update={"redis_url": SecretStr(moved)})
