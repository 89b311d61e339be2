"""Says where a service is and how patient its callers are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


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


@dataclass(frozen=True, kw_only=True)
class Target:
    """A service to call; `name` is what errors, logs and metrics say, `headers` go with each call.

    An instance that fails is left alone for `eject_seconds`, twice as long each time it fails
    again. Answers over `max_response_bytes` are refused.
    """

    name: str
    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeouts: Timeouts = Timeouts()
    retries: Retries = Retries()
    eject_seconds: float = 1.0
    max_connections: int = 100
    max_response_bytes: int = 10 * 1024 * 1024
