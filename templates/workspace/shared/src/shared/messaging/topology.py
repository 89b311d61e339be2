"""Every name on the broker, and what the queues are like; nothing else makes up either."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

DELIVERY_LIMIT = 20
# Messages whose queue was gone when they had waited, without the prefix.
UNROUTED = "delay.unrouted"
# Each look at a dead letter is a delivery, and newer brokers drop a message after 20 of them unless
# told otherwise; older ones do not know the word for "no limit".
LOOKS_LIMIT = 2_000_000_000
# Of each queue of dead letters, the oldest beyond so many fall out, and those that are older.
DEAD_LETTER_LIMIT = 100_000
DEAD_LETTER_DAYS = 30
_DAY_MILLISECONDS = 86_400_000

# The delay queues: any delay is the sum of some of them, so no message waits for another. This is
# the binary delayed delivery of NServiceBus, which kombu has as `native_delayed_delivery`, with
# steps of a tenth of a second.
LEVELS = 20
UNIT_SECONDS = 0.1
LONGEST_SECONDS = (2**LEVELS - 1) * UNIT_SECONDS

_SKIP, _WAIT = "0", "1"

# Confirmed means: on the disks of most nodes. A full queue refuses instead of dropping.
_DURABLE: dict[str, Any] = {"x-queue-type": "quorum"}
_HANDS_ON: dict[str, Any] = {
    **_DURABLE,
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
}


def task_queue(queue: str) -> str:
    """Return the name of a queue of tasks, without the prefix."""
    return f"tasks.{queue}"


def event_queue(service: str, queue: str) -> str:
    """Return the name of a service's queue of events, without the prefix."""
    return f"events.{service}.{queue}"


def dead_queue(queue: str) -> str:
    """Return the name of the queue that has another's dead letters."""
    return f"{queue}.dead"


@dataclass(frozen=True)
class Names:
    """The names as the broker has them: with the prefix."""

    prefix: str = ""
    dead_letter_limit: int = DEAD_LETTER_LIMIT
    dead_letter_days: int = DEAD_LETTER_DAYS

    def of(self, name: str) -> str:
        """Return a queue's name with the prefix."""
        return f"{self.prefix}{name}"

    @property
    def events(self) -> str:
        """The exchange that all events go through."""
        return f"{self.prefix}events"

    @property
    def arrivals(self) -> str:
        """The exchange that messages come out of when they have waited."""
        return f"{self.prefix}delay.end"

    @property
    def unrouted(self) -> str:
        """The exchange of messages whose queue was gone when they had waited."""
        return self.of(UNROUTED)

    def level(self, level: int) -> str:
        """Return the name of a waiting queue, and of the exchange before it."""
        return f"{self.prefix}delay.{level}"

    def work_arguments(self, queue: str) -> dict[str, Any]:
        """Return the arguments of a queue of tasks or events."""
        return {
            **_HANDS_ON,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": self.of(dead_queue(queue)),
            "x-delivery-limit": DELIVERY_LIMIT,
        }

    def level_arguments(self, level: int) -> dict[str, Any]:
        """Return the arguments of a waiting queue: it hands on to the level below."""
        below = self.level(level - 1) if level else self.arrivals
        wait = round(level_seconds(level) * 1000)
        return {**_HANDS_ON, "x-message-ttl": wait, "x-dead-letter-exchange": below}

    def dead_arguments(self) -> dict[str, Any]:
        """Return the arguments of a queue of dead letters: they stay until somebody acts.

        Only the oldest beyond the limits fall out, so that nobody's dead letters fill the disk.
        """
        return {
            **_DURABLE,
            "x-delivery-limit": LOOKS_LIMIT,
            "x-max-length": self.dead_letter_limit,
            "x-message-ttl": self.dead_letter_days * _DAY_MILLISECONDS,
        }


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
