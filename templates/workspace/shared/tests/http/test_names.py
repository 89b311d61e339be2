"""A name may stand for other addresses later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from shared.http.directory import REFRESH_SECONDS
from tests.support.names import A, B, C, Names, first, known

if TYPE_CHECKING:
    from tests.support.clock import Clock


async def test_the_name_is_looked_up_anew_now_and_then(clock: Clock) -> None:
    registry, names = CollectorRegistry(), Names(A)
    instances = known(names, registry)
    (gone,) = await instances.line_up(())
    instances.failed(gone, unreachable=False)
    names.addresses = (B, C, B)

    assert await first(instances) == A
    clock.now += REFRESH_SECONDS
    assert {each.address for each in await instances.line_up(())} == {B, C}
    assert names.asked == 2


async def test_where_nobody_can_be_reached_the_name_is_looked_up_at_once(clock: Clock) -> None:
    registry, names = CollectorRegistry(), Names(A)
    instances = known(names, registry)
    (moved,) = await instances.line_up(())
    instances.failed(moved, unreachable=True)
    names.addresses = (B,)

    assert await first(instances) == B
    labels = {"target": "users-data", "instance": str(moved)}
    assert registry.get_sample_value("http_client_instance_ejected", labels) is None
    assert clock.now == 1000
