"""Who is asked next is chosen by how each instance is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from prometheus_client import CollectorRegistry

from shared.http import Target
from shared.http.balancing import REFRESH_SECONDS, DnsResolver, Instance, Instances, system_resolver
from shared.http.sender import ClientMetrics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.http.balancing import Address
    from tests.support.clock import Clock


A, B, C = ("10.0.0.1", 80), ("10.0.0.2", 80), ("10.0.0.3", 80)


class Names:
    """What DNS says, and how often it was asked."""

    def __init__(self, *addresses: Address) -> None:
        self.addresses, self.asked = addresses, 0

    async def resolve(self, _host: str, _port: int) -> Sequence[Address]:
        self.asked += 1
        if not self.addresses:
            raise OSError("no such name")
        return self.addresses


def known(names: Names, registry: CollectorRegistry | None = None) -> Instances:
    target = Target(name="users-data", base_url="http://users-data", linked=True)
    ejected = ClientMetrics(registry or CollectorRegistry()).ejected
    return Instances(DnsResolver(names.resolve, "users-data", 80), target, ejected)


async def first(instances: Instances, *tried: Instance) -> Address:
    return (await instances.line_up(tried))[0].address


async def test_after_its_time_one_request_finds_out_how_an_ejected_one_is(clock: Clock) -> None:
    instances = known(Names(A, B))
    ejected, other = await instances.line_up(())
    instances.record_failure(ejected, unreachable=True)
    other.in_flight = 9
    assert await first(instances) == other.address

    clock.now += 1.1
    assert await first(instances) == ejected.address
    assert await first(instances) == other.address

    instances.record_success(ejected)
    assert await first(instances) == ejected.address
    assert await first(instances) == ejected.address


async def test_it_is_ejected_for_longer_each_time_but_not_for_ever(clock: Clock) -> None:
    instances = known(Names(A))
    (instance,) = await instances.line_up(())
    times = []
    for _ in range(8):
        instances.record_failure(instance, unreachable=True)
        times.append(instance.ejected_until - clock.now)

    assert times == [1, 2, 4, 8, 16, 30, 30, 30]


async def test_whoever_was_tried_comes_after_the_others_and_the_ejected_last(clock: Clock) -> None:
    instances = known(Names(A, B, C))
    everyone = {each.address: each for each in await instances.line_up(())}
    instances.record_failure(everyone[A], unreachable=True)

    for _ in range(20):
        lined_up = await instances.line_up({everyone[B]})
        assert [each.address for each in lined_up] == [C, B, A]
    assert clock.now == 1000


async def test_while_names_cannot_be_looked_up_the_last_addresses_count(clock: Clock) -> None:
    names = Names(A)
    instances = known(names)
    await instances.line_up(())
    names.addresses = ()
    clock.now += REFRESH_SECONDS

    assert await first(instances) == A
    with pytest.raises(OSError, match="no such name"):
        await known(Names()).line_up(())


async def test_the_system_knows_loopback() -> None:
    assert await system_resolver("127.0.0.2", 80) == [("127.0.0.2", 80)]


async def test_the_name_is_looked_up_anew_now_and_then(clock: Clock) -> None:
    registry, names = CollectorRegistry(), Names(A)
    instances = known(names, registry)
    (gone,) = await instances.line_up(())
    instances.record_failure(gone, unreachable=False)
    names.addresses = (B, C, B)

    assert await first(instances) == A
    clock.now += REFRESH_SECONDS
    assert {each.address for each in await instances.line_up(())} == {B, C}
    assert names.asked == 2


async def test_where_nobody_can_be_reached_the_name_is_looked_up_at_once(clock: Clock) -> None:
    registry, names = CollectorRegistry(), Names(A)
    instances = known(names, registry)
    (moved,) = await instances.line_up(())
    instances.record_failure(moved, unreachable=True)
    names.addresses = (B,)

    assert await first(instances) == B
    labels = {"target": "users-data", "instance": str(moved)}
    assert registry.get_sample_value("http_client_instance_ejected", labels) is None
    assert clock.now == 1000
