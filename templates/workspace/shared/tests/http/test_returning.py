"""An instance that was ejected gets another chance in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.names import A, B, Names, first, known

if TYPE_CHECKING:
    from tests.support.clock import Clock


async def test_after_its_time_one_request_finds_out_how_an_ejected_one_is(clock: Clock) -> None:
    instances = known(Names(A, B))
    ejected, other = await instances.line_up(())
    instances.failed(ejected, unreachable=True)
    other.in_flight = 9
    assert await first(instances) == other.address

    clock.now += 1.1
    assert await first(instances) == ejected.address
    assert await first(instances) == other.address

    instances.worked(ejected)
    assert await first(instances) == ejected.address
    assert await first(instances) == ejected.address


async def test_it_is_ejected_for_longer_each_time_but_not_for_ever(clock: Clock) -> None:
    instances = known(Names(A))
    (instance,) = await instances.line_up(())
    times = []
    for _ in range(8):
        instances.failed(instance, unreachable=True)
        times.append(instance.ejected_until - clock.now)

    assert times == [1, 2, 4, 8, 16, 30, 30, 30]
