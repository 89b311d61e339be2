"""The choice between instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.names import A, B, C, Names, known

if TYPE_CHECKING:
    from tests.support.clock import Clock


async def test_whoever_was_tried_comes_after_the_others_and_the_ejected_last(clock: Clock) -> None:
    instances = known(Names(A, B, C))
    everyone = {each.address: each for each in await instances.line_up(())}
    instances.failed(everyone[A], unreachable=True)

    for _ in range(20):
        lined_up = await instances.line_up({everyone[B]})
        assert [each.address for each in lined_up] == [C, B, A]
    assert clock.now == 1000
