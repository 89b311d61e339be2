"""Says where a service is and how patient its callers are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.http.patience import Retries, Timeouts

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Target:
    """A service to call; `name` is what errors, logs and metrics say, `headers` go with each call.

    An instance that fails is left alone for `eject_seconds`, twice as long each time it fails
    again. Answers over `max_response_bytes` are refused.
    """

    name: str
    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeouts: Timeouts = field(default_factory=Timeouts)
    retries: Retries = field(default_factory=Retries)
    eject_seconds: float = 1.0
    max_connections: int = 100
    max_response_bytes: int = 10 * 1024 * 1024
