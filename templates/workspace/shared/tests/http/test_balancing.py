"""Requests are spread over instances, and one that is down costs none of them."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from typing import TYPE_CHECKING

import pytest
import stamina
from prometheus_client import CollectorRegistry

from shared.errors import UnavailableError
from shared.http import Timeouts
from shared.testing import wait_until
from tests.support.clients import balanced
from tests.support.fleet import Fleet, closed_port, fleet_of
from tests.support.provider import Provider, providing
from tests.support.replies import Reply

if TYPE_CHECKING:
    from shared.http import ApiClient
    from shared.http.balancing import Address


HOSTS = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
WORKERS = 20


async def ask_many(client: ApiClient, number: int, fleet: Fleet | None = None) -> Counter[str]:
    """Ask from many tasks at once; with a fleet its first instance is killed half way."""
    answers: Counter[str] = Counter()
    left = iter(range(number))

    async def work() -> None:
        for turn in left:
            if fleet is not None and turn == number // 2:
                fleet.instances[0].send_signal(signal.SIGKILL)
            answers[await client.get("/", into=str)] += 1

    await asyncio.gather(*(work() for _ in range(WORKERS)))
    return answers


async def test_requests_are_spread_and_a_stopped_instance_costs_none() -> None:
    registry = CollectorRegistry()
    async with fleet_of(*HOSTS) as fleet, balanced(fleet.addresses, registry) as client:
        first = await ask_many(client, 300)
        assert set(first) == set(HOSTS)
        assert all(70 <= count <= 130 for count in first.values()), first

        with stamina.set_testing(testing=False):
            second = await ask_many(client, 300, fleet)
            assert second.total() == 300

        third = await ask_many(client, 200)
    assert set(third) == set(HOSTS[1:])
    assert all(70 <= count <= 130 for count in third.values()), third
    labels = {"target": "users-data", "instance": "{}:{}".format(*fleet.addresses[0])}
    assert registry.get_sample_value("http_client_instance_ejected", labels) == 1


async def held_up(client: ApiClient, slow: Provider) -> asyncio.Future[str]:
    """Ask until a request hangs at the slow one; return that."""
    while True:
        asked = asyncio.ensure_future(client.get("/", into=str))

        async def settled(asked: asyncio.Future[str] = asked) -> bool:
            return asked.done() or bool(slow.received)

        await wait_until(settled)
        if not asked.done():
            return asked


async def test_the_less_busy_of_two_is_asked() -> None:
    held = asyncio.Event()
    slow, quick = Reply(held=held, body=b'"slow"'), Reply(body=b'"quick"')
    async with (
        providing(slow) as one,
        providing(quick) as other,
        balanced([one.address, other.address], CollectorRegistry()) as client,
    ):
        waiting = await held_up(client, one)
        answers = [await client.get("/", into=str) for _ in range(20)]
        held.set()
        assert await waiting == "slow"

    assert set(answers) == {"quick"}


BUSY, CUT = Reply(status=503), Reply(status=None, body=b"")


def circuit(registry: CollectorRegistry, address: Address) -> float | None:
    labels = {"target": "users-data", "instance": "{}:{}".format(*address)}
    return registry.get_sample_value("http_client_instance_ejected", labels)


async def test_a_post_moves_on_when_nothing_could_be_sent() -> None:
    registry, down = CollectorRegistry(), closed_port()
    async with providing() as provider, balanced([down, provider.address], registry) as client:
        for _ in range(20):
            await client.post("/users", json={"name": "Ann"}, into=object)

    assert len(provider.received) == 20
    assert {request.body for request in provider.received} == {b'{"name":"Ann"}'}
    assert circuit(registry, down) == 1
    assert circuit(registry, provider.address) is None


async def test_the_name_stays_in_the_host_header() -> None:
    async with (
        providing() as provider,
        balanced([provider.address], CollectorRegistry()) as client,
    ):
        await client.get("/", into=object)

    assert provider.received[0].headers["host"] == "users-data:8000"


@pytest.mark.parametrize("failing", [BUSY, CUT])
async def test_who_fails_three_times_in_a_row_is_left_alone(failing: Reply) -> None:
    registry = CollectorRegistry()
    async with (
        providing(failing) as ailing,
        providing() as well,
        balanced([ailing.address, well.address], registry, eject_seconds=60) as client,
    ):
        for _ in range(60):
            await client.get("/", into=object)

    assert len(ailing.received) == 3
    assert circuit(registry, ailing.address) == 1


async def test_one_success_makes_up_for_failures() -> None:
    registry = CollectorRegistry()
    replies = (BUSY, BUSY, Reply(), BUSY, BUSY, Reply())
    async with (
        providing(*replies) as provider,
        balanced([provider.address], registry) as client,
    ):
        for _ in range(2):
            await client.get("/", into=object)

    assert circuit(registry, provider.address) is None


async def test_where_all_are_ejected_any_is_better_than_none_and_may_come_back() -> None:
    registry = CollectorRegistry()
    async with (
        providing(BUSY, BUSY, BUSY, Reply()) as provider,
        balanced([provider.address], registry, eject_seconds=60) as client,
    ):
        with pytest.raises(UnavailableError):
            await client.get("/", into=object)
        assert circuit(registry, provider.address) == 1

        await client.get("/", into=object)
        assert circuit(registry, provider.address) == 0


async def test_a_body_that_breaks_off_counts_as_a_failure() -> None:
    registry = CollectorRegistry()
    broken = Reply(status=None, body=Reply(body=b"x" * 100).wire()[:-50])
    async with providing(broken) as provider, balanced([provider.address], registry) as client:
        with pytest.raises(UnavailableError):
            await client.get("/", into=object)

    assert circuit(registry, provider.address) == 1


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
