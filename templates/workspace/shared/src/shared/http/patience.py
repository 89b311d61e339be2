"""How long, and how often, a caller waits for another service."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """How long each phase of an attempt may take, and a call with all its attempts; in seconds."""

    connect: float = 1.0
    write: float = 5.0
    read: float = 5.0
    pool: float = 1.0
    total: float = 10.0


@dataclass(frozen=True, kw_only=True)
class Retries:
    """How often a call is attempted, and the seconds between: they double, plus a random part."""

    attempts: int = 3
    wait_initial: float = 0.1
    wait_max: float = 2.0
    wait_jitter: float = 0.2
