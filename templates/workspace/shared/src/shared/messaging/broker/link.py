"""The connection to RabbitMQ as the rest of the folder sees it: there, or still being made."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from shared.background import BackgroundTask
from shared.errors import UnavailableError
from shared.messaging.broker.connecting import connect, disconnect, persistently
from shared.messaging.broker.declaring import declare_events, declare_ladder

if TYPE_CHECKING:
    from aio_pika.abc import AbstractRobustChannel, AbstractRobustConnection

    from shared.messaging.settings import BrokerSettings

    _Open = tuple[AbstractRobustConnection, AbstractRobustChannel]


class Link:
    """One connection with the channel that is published on."""

    def __init__(self, settings: BrokerSettings) -> None:
        self.names = settings.names
        self.known_queues: set[str] = set()
        self._has_ladder, self._lock = False, asyncio.Lock()
        self._open: asyncio.Future[_Open] = asyncio.get_running_loop().create_future()
        self._opening = BackgroundTask(partial(self._keep_opening, settings))

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
        if not (self._open.done() and self._open.result()[0].connected.is_set()):
            message = "the message broker is not connected"
            raise UnavailableError(message)

    async def close(self) -> None:
        """Close the connection, or make it no longer."""
        await self._opening.stop()
        if self._open.done():
            await disconnect(self._open.result()[0])
        else:
            self._open.cancel()

    async def _opened(self) -> _Open:
        if self._open.done():
            return self._open.result()
        return await asyncio.shield(self._open)

    async def _keep_opening(self, settings: BrokerSettings) -> None:
        self._open.set_result(await persistently(partial(self._connect, settings)))

    async def _connect(self, settings: BrokerSettings) -> _Open:
        connection = await connect(settings)
        try:
            channel = connection.channel(on_return_raises=True)
            await channel.initialize()
            await declare_events(channel, self.names)
        except BaseException:
            await disconnect(connection)
            raise
        # A broker that comes back may have lost everything.
        connection.reconnect_callbacks.add(lambda _: self.known_queues.clear())
        return connection, channel
