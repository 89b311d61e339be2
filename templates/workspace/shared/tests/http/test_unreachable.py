"""A service that is not there, and one that comes back."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack

import pytest
from prometheus_client import CollectorRegistry

from shared.errors import UnavailableError
from shared.http import Timeouts
from shared.testing import wait_until
from tests.support.clients import balanced, client_of
from tests.support.fleet import closed_port
from tests.support.provider import Provider, providing
from tests.support.replies import Reply


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-service.invalid"])
async def test_a_service_that_is_not_there_is_unavailable_and_its_place_stays_secret(
    method: str, host: str
) -> None:
    _, port = closed_port()
    async with client_of(f"http://{host}:{port}") as client:
        with pytest.raises(UnavailableError) as caught:
            await client.request(method, "/users", into=object)

    assert str(caught.value) == "users-data cannot be reached"


async def test_what_was_not_sent_is_tried_again_whatever_the_method() -> None:
    """Nobody listens at the first look-up of the name, and somebody does at the next one."""
    async with providing() as provider:
        later = [provider.address]
        client = balanced([closed_port()], CollectorRegistry(), later=later)
        async with client:
            await client.post("/users", json={}, into=object)

    assert len(provider.received) == 1


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


async def test_a_connection_that_nobody_takes_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as waiting:
        address = full.getsockname()
        for _ in range(4):
            other = waiting.enter_context(socket.socket())
            other.settimeout(0)
            other.connect_ex(address)
        limits = Timeouts(connect=0.1)
        async with client_of("http://{}:{}".format(*address), timeouts=limits) as client:
            with pytest.raises(UnavailableError, match="cannot be reached"):
                await client.post("/users", into=object)
