"""Counting a message again changes nothing; without Redis it is tried later."""

from datetime import date

import pytest
from pydantic import SecretStr

from app.analytics.gateway import RedisCounts
from app.features import Settings
from app.redis import REDIS, ServiceRedis
from app.settings import WorkerSettings
from shared.contracts.analytics import Report
from shared.errors import UnavailableError
from shared.lifecycle import Lifecycle

DAY = date(2026, 1, 2)


async def test_a_message_counts_once_and_its_id_is_known_for_hours(settings: Settings) -> None:
    async with Lifecycle((REDIS,), {WorkerSettings: settings}) as resources:
        redis = resources.get(ServiceRedis)
        counts = RedisCounts(redis, 90)
        for message_id in ("1", "1", "2"):
            await counts.add(DAY, "user.created", message_id)
        assert await counts.of(DAY) == {"user.created": 2}
        await counts.keep(Report(day=DAY, counts={"user.created": 2}))
        ttl = {
            key.removeprefix(settings.own_prefix): await redis.client.ttl(key)
            async for key in redis.client.scan_iter(f"{settings.own_prefix}*")
        }
    assert set(ttl) == {f"analytics:{each}:{DAY}" for each in ("seen", "counts", "report")}
    assert 0 < ttl[f"analytics:seen:{DAY}"] <= 6 * 3600
    assert ttl[f"analytics:counts:{DAY}"] > 89 * 86400


async def test_without_redis_it_is_unavailable(settings: Settings) -> None:
    gone = settings.model_copy(update={"redis_url": SecretStr("redis://127.0.0.1:9")})
    async with Lifecycle((REDIS,), {WorkerSettings: gone}) as resources:
        redis = resources.get(ServiceRedis)
        for call in (RedisCounts(redis, 90).add(DAY, "user.created", "1"), redis.ping()):
            with pytest.raises(UnavailableError):
                await call
