"""Requests are spread over instances, and a stopped one costs none of them."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from typing import TYPE_CHECKING

import stamina
from prometheus_client import CollectorRegistry

from shared.testing import wait_until
from tests.support.clients import balanced
from tests.support.fleet import Fleet, fleet_of
from tests.support.provider import Provider, providing
from tests.support.replies import Reply

if TYPE_CHECKING:
    from shared.http import ApiClient

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
