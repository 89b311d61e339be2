"""Who fails is left alone, and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from prometheus_client import CollectorRegistry

from shared.errors import UnavailableError
from tests.support.clients import balanced
from tests.support.fleet import closed_port
from tests.support.provider import providing
from tests.support.replies import Reply

if TYPE_CHECKING:
    from shared.http.resolving import Address

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
