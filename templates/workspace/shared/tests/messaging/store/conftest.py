"""A store with keys of its own, and a second one on the same keys, as another process has it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from pydantic import SecretStr
from redis import Redis

from shared.messaging.settings import TaskSettings
from shared.messaging.status import ClaimKey
from shared.messaging.store import RedisStore, open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

LEASE_SECONDS = 1.0


@pytest.fixture
def kept(redis_url: str) -> TaskSettings:
    return TaskSettings(
        service_name="tested",
        amqp_url=SecretStr("amqp://guest:guest@127.0.0.1"),
        redis_url=SecretStr(redis_url),
        messaging_prefix=f"verify_{uuid4().hex[:8]}.",
        task_claim_seconds=LEASE_SECONDS,
        task_status_seconds=60,
    )


@pytest.fixture
async def store(kept: TaskSettings) -> AsyncIterator[RedisStore]:
    async with open_store(kept) as opened:
        yield opened


@pytest.fixture
async def other(kept: TaskSettings) -> AsyncIterator[RedisStore]:
    async with open_store(kept) as opened:
        yield opened


@pytest.fixture
def keys_gone(kept: TaskSettings) -> Callable[[], None]:
    def forget() -> None:
        with Redis.from_url(kept.redis_url.get_secret_value()) as client:
            for key in client.scan_iter(f"{kept.messaging_prefix}*"):
                client.delete(key)

    return forget


@pytest.fixture
def claim_key() -> ClaimKey:
    return ClaimKey(id=uuid4().hex, name="media.process", queue="tasks.media")
