"""Looks at a queue without changing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aio_pika.exceptions import ChannelNotFoundEntity

from shared.messaging.broker.patience import patiently

if TYPE_CHECKING:
    from shared.messaging.broker.link import Link


@dataclass(frozen=True)
class Depth:
    """How many messages wait in a queue, and how many consumers it has."""

    ready: int
    consumers: int


async def queue_depth(link: Link, queue: str) -> Depth | None:
    """Return the depth of a queue, None if there is no such queue; raises UnavailableError."""

    async def act() -> Depth | None:
        connection = await link.connection()
        transport = connection.transport
        if transport is None:
            raise ConnectionError(queue)
        # The broker closes a channel that asks for what is not there, so it is one of its own.
        channel = await transport.connection.channel(publisher_confirms=False)
        try:
            found = await channel.queue_declare(link.names.of(queue), passive=True)
        except ChannelNotFoundEntity:
            return None
        finally:
            if not channel.is_closed:
                await channel.close()
        return Depth(found.message_count or 0, found.consumer_count or 0)

    return await patiently(act)
