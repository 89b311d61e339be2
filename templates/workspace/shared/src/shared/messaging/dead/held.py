"""Holds messages of a queue without acking them, and gives them back."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aio_pika.exceptions import CONNECTION_EXCEPTIONS, ChannelNotFoundEntity

from shared.errors import UnavailableError
from shared.messaging.dead.returning import wait_for_return
from shared.messaging.dead.taken import Taken, taken_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aio_pika.abc import AbstractRobustConnection
    from aiormq.abc import AbstractChannel


class Held:
    """Takes the messages that were there at the beginning, one after the other."""

    def __init__(self, channel: AbstractChannel, queue: str, there: int) -> None:
        self._channel, self._queue, self.there = channel, queue, there
        self._kept: dict[int, None] = {}

    async def each(self) -> AsyncIterator[Taken]:
        """Yield each message; what dies meanwhile is left for the next time."""
        for _ in range(self.there):
            message = await self._channel.basic_get(self._queue)
            if message.delivery_tag is None:
                return
            self._kept[message.delivery_tag] = None
            yield taken_of(message, message.delivery_tag)

    async def ack(self, taken: Taken) -> None:
        """Have the broker forget a message."""
        await self._channel.basic_ack(taken.tag)
        del self._kept[taken.tag]

    async def give_back(self) -> None:
        """Give back what was not acked; returns once the queue has it again."""
        for tag in self._kept:
            await self._channel.basic_nack(tag, requeue=True)
        if self._kept:
            await wait_for_return(self._channel, self._queue, len(self._kept))


@asynccontextmanager
async def hold(connection: AbstractRobustConnection, queue: str) -> AsyncIterator[Held]:
    """Hold a queue's messages; raises UnavailableError when the connection is lost.

    A queue that is not there is empty.
    """
    try:
        async with _channel(connection) as channel:
            try:
                found = await channel.queue_declare(queue, passive=True)
            except ChannelNotFoundEntity:
                yield Held(channel, queue, 0)
                return
            held = Held(channel, queue, found.message_count or 0)
            try:
                yield held
            finally:
                await held.give_back()
    except CONNECTION_EXCEPTIONS as error:
        message = "the connection to the message broker was lost"
        raise UnavailableError(message) from error


@asynccontextmanager
async def _channel(connection: AbstractRobustConnection) -> AsyncIterator[AbstractChannel]:
    transport = connection.transport
    if transport is None:
        raise ConnectionError
    channel = await transport.connection.channel(publisher_confirms=False)
    try:
        yield channel
    finally:
        # Whatever is not given back by then, the broker gives back itself.
        if not channel.is_closed:
            await channel.close()
