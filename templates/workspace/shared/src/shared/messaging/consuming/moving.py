"""Moves messages on: to the next attempt, to the dead letters, or round the waiting queues.

The copy is confirmed before the message is acked, so whatever happens in between, one is left.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shared.messaging import headers
from shared.messaging.consuming.failures import told
from shared.messaging.consuming.reading import attempt_of
from shared.messaging.consuming.returns import returns_of
from shared.messaging.outgoing import Outgoing
from shared.messaging.topology import dead_queue

if TYPE_CHECKING:
    from shared.messaging.broker import Publisher
    from shared.messaging.incoming import Incoming


class Mover:
    """Moves the messages of one queue; raises UnavailableError when the broker is away."""

    def __init__(self, publisher: Publisher, queue: str) -> None:
        self._publisher, self._queue = publisher, queue

    async def retry(self, message: Incoming, attempt: int, seconds: float) -> None:
        """Put a copy for that attempt into the queue, after so many seconds."""
        await self._later(message, {headers.ATTEMPT: attempt}, seconds)

    async def put_off(self, message: Incoming, seconds: float) -> None:
        """Put a copy for the same attempt into the queue, after so many seconds."""
        same = {headers.ATTEMPT: attempt_of(message), headers.RETURNS: returns_of(message)}
        await self._later(message, same, seconds)

    async def bury(self, message: Incoming, reason: str, error: BaseException) -> None:
        """Put a copy with the reason among the dead letters."""
        carried = {
            **headers.lasting(message.headers),
            headers.REASON: reason,
            headers.ERROR: told(error),
            headers.QUEUE: self._queue,
            headers.DIED_AT: datetime.now(UTC).isoformat(),
        }
        await self._publisher.send(_copy(message, carried), dead_queue(self._queue))

    async def _later(self, message: Incoming, changed: dict[str, int], seconds: float) -> None:
        carried = {**headers.lasting(message.headers), **changed}
        carried.pop(headers.DUE, None)
        await self._publisher.send(_copy(message, carried), self._queue, seconds)


def _copy(message: Incoming, carried: dict[str, Any]) -> Outgoing:
    return Outgoing(
        id=message.message_id or "",
        body=message.body,
        correlation_id=message.correlation_id or "",
        headers=carried,
        time=message.timestamp or datetime.now(UTC),
    )
