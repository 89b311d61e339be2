"""A message on its way to the broker."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """What is published: JSON with an id, the request it belongs to, and headers."""

    id: str
    body: bytes
    correlation_id: str
    headers: dict[str, Any]
    time: datetime = field(default_factory=lambda: datetime.now(UTC))
