"""One broker and one ladder for all; a queue of its own for each test."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from pydantic import SecretStr

from shared.messaging.settings import TaskSettings
from shared.testing.servers import server_urls
from tests.support.dead_letters import raw_broker, remove_all
from tests.support.messages import made_queues, new_queue
from tests.support.sides import side

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.support.dead_letters import Raw
    from tests.support.sides import Side


@pytest.fixture(scope="session")
def amqp_url() -> Iterator[str]:
    with server_urls("AMQP_URL", missing=pytest.skip) as urls:
        yield urls["AMQP_URL"]


@pytest.fixture(scope="session")
async def tasks(amqp_url: str, redis_url: str) -> AsyncIterator[TaskSettings]:
    settings = TaskSettings(
        service_name="tested",
        amqp_url=SecretStr(amqp_url),
        redis_url=SecretStr(redis_url),
        messaging_prefix=f"{os.environ.get('MESSAGING_PREFIX', '')}test-{uuid4().hex[:8]}.",
        shutdown_grace_seconds=5,
        drain_seconds=0,
        task_status_seconds=600,
        unknown_message_seconds=1,
    )
    yield settings
    await remove_all(settings, made_queues())


@pytest.fixture
async def one(tasks: TaskSettings) -> AsyncIterator[Side]:
    async with side(tasks) as opened:
        yield opened


@pytest.fixture
async def another(tasks: TaskSettings) -> AsyncIterator[Side]:
    async with side(tasks) as opened:
        yield opened


@pytest.fixture
async def raw(tasks: TaskSettings) -> AsyncIterator[Raw]:
    async with raw_broker(tasks) as opened:
        yield opened


@pytest.fixture
def queue() -> str:
    return new_queue()
