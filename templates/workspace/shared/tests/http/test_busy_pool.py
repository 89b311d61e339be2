"""A busy pool waits, and is not held against the instance."""

from __future__ import annotations

import asyncio

import pytest
from prometheus_client import CollectorRegistry

from shared.errors import UnavailableError
from shared.http import Timeouts
from shared.testing import wait_until
from tests.support.clients import balanced
from tests.support.provider import Provider, providing
from tests.support.replies import Reply


async def arrival_at(provider: Provider) -> None:
    async def arrived() -> bool:
        return bool(provider.received)

    await wait_until(arrived)


async def test_a_busy_pool_is_not_held_against_the_instance() -> None:
    held, registry = asyncio.Event(), CollectorRegistry()
    limits = Timeouts(pool=0.05)
    async with (
        providing(Reply(held=held)) as provider,
        balanced([provider.address], registry, timeouts=limits, max_connections=1) as client,
    ):
        first = asyncio.ensure_future(client.get("/", into=object))
        await arrival_at(provider)
        with pytest.raises(UnavailableError, match="cannot be reached"):
            await client.get("/", into=object)
        held.set()
        assert await first == {}

    assert len(provider.received) == 1
    assert "http_client_instance_ejected{" not in str(list(registry.collect()))
