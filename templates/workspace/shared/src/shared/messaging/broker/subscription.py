"""One consumer of one queue, and what it tells the broker about its messages."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from anyio import move_on_after

from shared.messaging.broker.declaring import declare_queue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aio_pika.abc import (
        AbstractRobustChannel,
        AbstractRobustQueue,
    )

    from shared.messaging.broker.connection import BrokerConnection
    from shared.messaging.messages import Incoming


async def ack(message: Incoming) -> bool:
    """Have the broker forget it; False if the connection it came by is lost: it comes again."""
    try:
        await message.ack()
    except CONNECTION_EXCEPTIONS:
        return False
    return True


async def requeue(message: Incoming) -> None:
    """Return it to its queue; where the connection is lost the broker has done that already."""
    try:
        await message.nack()
    except CONNECTION_EXCEPTIONS:
        return


CANCEL_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class QueueOptions:
    """A queue to take from, the events it is bound to and how many messages are taken at once."""

    queue: str
    events: tuple[str, ...] = ()
    concurrency: int = 10


class Subscription:
    """Takes messages from a queue, at most `concurrency` at once, until it is cancelled.

    It has a channel of its own; after a lost connection it comes back by itself.
    """

    def __init__(
        self, channel: AbstractRobustChannel, queue: AbstractRobustQueue, tag: str
    ) -> None:
        self._channel, self._queue, self._tag = channel, queue, tag
        self._cancelled = False

    @property
    def is_active(self) -> bool:
        """Say whether it takes messages now."""
        return not (self._cancelled or self._channel.is_closed)

    async def cancel(self) -> None:
        """Take no more messages; what was taken can still be acked."""
        self._cancelled = True
        # Without a connection nothing comes anyway, and it is not subscribed again.
        with suppress(*CONNECTION_EXCEPTIONS), move_on_after(CANCEL_SECONDS):
            await self._queue.cancel(self._tag)


async def subscribe(
    link: BrokerConnection, wanted: QueueOptions, handle: Callable[[Incoming], Awaitable[None]]
) -> Subscription:
    """Declare a queue and consume it; `handle` must return at once."""
    connection = await link.connection()
    channel = connection.channel(publisher_confirms=False)
    await channel.initialize()
    await channel.set_qos(prefetch_count=wanted.concurrency)
    declared = await declare_queue(channel, link.names, wanted.queue, wanted.events)
    tag = await declared.consume(handle)
    return Subscription(channel, declared, tag)
