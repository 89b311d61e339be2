"""The connection to RabbitMQ as the rest of the folder sees it: there, or still being made."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from shared.errors import UnavailableError
from shared.messaging.broker.connecting import connect, persistently
from shared.messaging.broker.declaring import declare_events, declare_ladder

if TYPE_CHECKING:
    from aio_pika.abc import AbstractRobustChannel, AbstractRobustConnection

    from shared.messaging.settings import BrokerSettings


class Link:
    """One connection with the channel that is published on."""

    def __init__(self, settings: BrokerSettings) -> None:
        self.names = settings.names
        self.known_queues: set[str] = set()
        self._has_ladder, self._lock = False, asyncio.Lock()
        self._opening = asyncio.create_task(persistently(partial(self._open, settings)))

    async def connection(self) -> AbstractRobustConnection:
        """Return the connection, as soon as it is there."""
        connection, _ = await self._opened()
        await connection.ready()
        return connection

    async def channel(self) -> AbstractRobustChannel:
        """Return the channel for publishing, as soon as it is open."""
        _, channel = await self._opened()
        await channel.ready()
        return channel

    async def ladder(self) -> None:
        """Declare the waiting queues, if that has not been done."""
        async with self._lock:
            if not self._has_ladder:
                await declare_ladder(await self.channel(), self.names)
                self._has_ladder = True

    def check(self) -> None:
        """Raise UnavailableError unless the connection is there now."""
        if not (self._opening.done() and self._opening.result()[0].connected.is_set()):
            message = "the message broker is not connected"
            raise UnavailableError(message)

    async def close(self) -> None:
        """Close the connection, or make it no longer."""
        if not self._opening.done():
            self._opening.cancel()
            await asyncio.wait([self._opening])
            return
        connection, _ = self._opening.result()
        await connection.close()

    async def _opened(self) -> tuple[AbstractRobustConnection, AbstractRobustChannel]:
        if self._opening.done():
            return self._opening.result()
        return await asyncio.shield(self._opening)

    async def _open(
        self, settings: BrokerSettings
    ) -> tuple[AbstractRobustConnection, AbstractRobustChannel]:
        connection = await connect(settings)
        try:
            channel = connection.channel(on_return_raises=True)
            await channel.initialize()
            await declare_events(channel, self.names)
        except BaseException:
            await connection.close()
            raise
        # A broker that comes back may have lost everything.
        connection.reconnect_callbacks.add(lambda _: self.known_queues.clear())
        return connection, channel
