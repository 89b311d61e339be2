"""Counting a message again changes nothing; without Redis it is tried later."""

from datetime import date

import pytest
from redis.asyncio import Redis

from app.analytics.gateway import RedisCounts
from app.features import Settings
from shared.contracts.analytics import Report
from shared.errors import UnavailableError

DAY = date(2026, 1, 2)


async def test_a_message_counts_once_and_everything_expires(settings: Settings) -> None:
    async with Redis.from_url(
        settings.redis_url.get_secret_value(), decode_responses=True
    ) as redis:
        counts = RedisCounts(redis, settings.own_prefix, 90)
        for message_id in ("1", "1", "2"):
            await counts.add(DAY, "user.created", message_id)
        assert await counts.of(DAY) == {"user.created": 2}
        await counts.keep(Report(day=DAY, counts={"user.created": 2}))
        keys = [key async for key in redis.scan_iter(f"{settings.own_prefix}*")]
        assert len(keys) == 3
        assert all([await redis.ttl(key) > 0 for key in keys])


async def test_without_redis_it_is_unavailable() -> None:
    async with Redis.from_url("redis://127.0.0.1:9", decode_responses=True) as redis:
        with pytest.raises(UnavailableError):
            await RedisCounts(redis, "", 90).add(DAY, "user.created", "1")
