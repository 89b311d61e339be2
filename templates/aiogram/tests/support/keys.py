"""What the service keeps in Redis, and for how long."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from redis.asyncio import Redis

from app.features import Settings

Lifetimes: TypeAlias = Callable[[str], Awaitable[dict[str, int]]]


async def lifetimes_of(settings: Settings, pattern: str) -> dict[str, int]:
    """Return the seconds that each key has still to live, -1 for one that lives for ever."""
    async with Redis.from_url(
        settings.redis_url.get_secret_value(), decode_responses=True
    ) as client:
        keys = [str(key) async for key in client.scan_iter(f"{settings.own_prefix}{pattern}")]
        return {key.removeprefix(settings.own_prefix): int(await client.ttl(key)) for key in keys}
