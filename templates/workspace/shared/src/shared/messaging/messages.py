"""Messages as they come from the broker and go to it, and the one being handled."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Incoming(Protocol):
    """What a consumer gets; it must be acked or nacked once."""

    @property
    def body(self) -> bytes:
        """The bytes that were published."""
        ...

    @property
    def headers(self) -> Mapping[str, Any]:
        """The headers, the broker's own included."""
        ...

    @property
    def message_id(self) -> str | None:
        """The id that the publisher gave."""
        ...

    @property
    def correlation_id(self) -> str | None:
        """The id of the request that it was published for."""
        ...

    @property
    def timestamp(self) -> datetime | None:
        """When it was published for the first time, in whole seconds."""
        ...

    async def ack(self) -> None:
        """Have the broker forget it."""
        ...

    async def nack(self) -> None:
        """Give it back to the queue."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """What is published: JSON with an id, the request it belongs to, and headers."""

    id: str
    body: bytes
    correlation_id: str
    headers: dict[str, Any]
    time: datetime = field(default_factory=lambda: datetime.now(UTC))


_current: ContextVar[str | None] = ContextVar("message_id", default=None)


def current_message_id() -> str | None:
    """Return the id of the message being handled, or None outside of one."""
    return _current.get()


def begin_message(message_id: str) -> None:
    """Make this the message being handled until the running asyncio task ends."""
    _current.set(message_id)
