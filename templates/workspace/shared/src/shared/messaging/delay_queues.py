"""The delay queues: any delay is the sum of some of them, so no message waits for another.

This is the binary delayed delivery of NServiceBus, which kombu has as `native_delayed_delivery`,
with steps of a tenth of a second.
"""

from __future__ import annotations

from math import ceil

LEVELS = 20
UNIT_SECONDS = 0.1
LONGEST_SECONDS = (2**LEVELS - 1) * UNIT_SECONDS

_SKIP, _WAIT = "0", "1"


def level_seconds(level: int) -> float:
    """Return how long a message stays on a level that it does not skip."""
    return UNIT_SECONDS * (1 << level)


def level_patterns(level: int) -> tuple[str, str]:
    """Return the keys of messages that wait on this level, and of those that skip it."""
    above = "*." * (LEVELS - 1 - level)
    return f"{above}{_WAIT}.#", f"{above}{_SKIP}.#"


def arrival_pattern(queue: str) -> str:
    """Return the keys of messages that have waited and are for this queue."""
    return f"{'*.' * LEVELS}{queue}"


def first_step(queue: str, seconds: float) -> tuple[int, str] | None:
    """Return the level a message enters at and its key; None when there is nothing to wait for.

    Beyond the longest wait it is that one.
    """
    units = min(ceil(round(seconds / UNIT_SECONDS, 6)), 2**LEVELS - 1)
    if units <= 0:
        return None
    return units.bit_length() - 1, f"{'.'.join(format(units, f'0{LEVELS}b'))}.{queue}"
