"""A message that is held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiormq.abc import DeliveredMessage


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A message that the broker keeps for us, and gives to nobody else meanwhile."""

    id: str
    tag: int
    body: bytes
    headers: Mapping[str, Any]
    correlation_id: str
    time: datetime | None


def taken_of(message: DeliveredMessage, tag: int) -> Taken:
    """Return a message as it was got."""
    told = message.header.properties
    return Taken(
        id=told.message_id or "",
        tag=tag,
        body=message.body,
        headers=told.headers or {},
        correlation_id=told.correlation_id or "",
        time=told.timestamp,
    )
