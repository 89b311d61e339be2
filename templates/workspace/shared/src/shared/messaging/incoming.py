"""A message as it comes from the broker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


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
