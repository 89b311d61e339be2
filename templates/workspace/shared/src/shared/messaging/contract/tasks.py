"""What a task is: its name, its payload, its queue and how hard it is tried."""

from __future__ import annotations

from dataclasses import dataclass
from random import SystemRandom
from typing import Generic, TypeVar

from pydantic import BaseModel

P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Retries:
    """How often a failed message is tried, the first time included, and the waits between."""

    attempts: int = 5
    first_seconds: float = 1.0
    factor: float = 2.0
    cap_seconds: float = 300.0
    jitter: float = 0.2

    def wait_after(self, attempt: int) -> float:
        """Return the seconds to wait after that attempt (1 is the first) has failed.

        They grow by `factor` up to the cap, and are then spread by `jitter` both ways.
        """
        spread = SystemRandom().uniform(1 - self.jitter, 1 + self.jitter)
        # A float has room for the largest factor only up to some attempt.
        grown = self.first_seconds * self.factor ** min(attempt - 1, 64)
        return min(grown, self.cap_seconds) * spread


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one attempt may take, in seconds, and how large a payload may be as JSON.

    The broker gives up a consumer that holds a message for 30 minutes, unless it is told otherwise.
    """

    seconds: float = 60.0
    payload_bytes: int = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Task(Generic[P]):
    """Something to be done once, by whoever consumes the queue.

    `track=False` does without status, claims and idempotency keys: cheaper, and it may then
    happen that the same task runs twice.
    """

    name: str
    queue: str
    payload: type[P]
    retries: Retries = Retries()
    limits: Limits = Limits()
    track: bool = True
