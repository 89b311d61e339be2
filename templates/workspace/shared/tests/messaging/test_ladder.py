"""Waits are made up of levels, and grow between attempts."""

from __future__ import annotations

from shared.messaging.contract import RetryPolicy
from shared.messaging.topology import LEVELS, LONGEST_SECONDS, first_step


def test_every_delay_is_the_sum_of_the_levels_in_its_key() -> None:
    for seconds in (0.1, 0.25, 1, 59.9, 3600, 86400, LONGEST_SECONDS, 10 * LONGEST_SECONDS):
        step = first_step("q", seconds)
        assert step is not None
        level, key = step
        *bits, name = key.split(".")
        waits = [n for n, bit in enumerate(reversed(bits)) if bit == "1"]
        total = sum(0.1 * 2**n for n in waits)
        assert (name, len(bits), max(waits)) == ("q", LEVELS, level)
        assert min(seconds, LONGEST_SECONDS) <= total + 1e-9 < min(seconds, LONGEST_SECONDS) + 0.1
    assert first_step("q", 0) is None
    assert first_step("q", -1) is None


def test_waits_grow_up_to_the_cap_and_are_spread() -> None:
    plain = RetryPolicy(first_seconds=1, factor=2, cap_seconds=10, jitter=0)
    spread = RetryPolicy(first_seconds=1, factor=2, cap_seconds=10, jitter=0.5)

    assert [plain.wait_after(attempt) for attempt in (1, 2, 3, 5, 10**6)] == [1, 2, 4, 10, 10]
    waits = {spread.wait_after(1) for _ in range(50)}
    assert len(waits) > 10
    assert all(0.5 <= wait <= 1.5 for wait in waits)
