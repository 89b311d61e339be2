"""One connection to RabbitMQ and what is done over it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from shared.errors import UnavailableError
from shared.messaging.broker.connecting import START_SECONDS, connect
from shared.messaging.broker.declaring import declare_events, declare_ladder
from shared.messaging.broker.depth import Depth, queue_depth
from shared.messaging.broker.patience import PATIENCE_SECONDS
from shared.messaging.broker.publisher import Publisher
from shared.messaging.broker.subscription import Subscription, Wanted, subscribe
from shared.messaging.topology import Names

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from aio_pika.abc import AbstractRobustConnection

    from shared.messaging.incoming import Incoming
    from shared.messaging.settings import BrokerSettings


class Broker:
    """Publishes, consumes and looks at queues, which are named without the prefix."""

    def __init__(
        self, connection: AbstractRobustConnection, publisher: Publisher, names: Names
    ) -> None:
        self._connection, self._names = connection, names
        self.publisher = publisher

    async def declare_ladder(self) -> None:
        """Declare what every consumer relies on: the exchange of events and the waiting queues."""
        channel = self._connection.channel(publisher_confirms=False)
        await channel.initialize()
        await declare_events(channel, self._names)
        await declare_ladder(channel, self._names)
        self._ladder = channel

    async def subscribe(
        self, wanted: Wanted, handle: Callable[[Incoming], Awaitable[None]]
    ) -> Subscription:
        """Declare a queue and take from it; `handle` must return at once."""
        return await subscribe(self._connection, self._names, wanted, handle)

    async def depth(self, queue: str) -> Depth | None:
        """Return a queue's depth, None if there is no such queue; raises UnavailableError."""
        return await queue_depth(self._connection, self._names.of(queue), PATIENCE_SECONDS)

    async def ping(self) -> None:
        """Raise UnavailableError unless the connection is there."""
        if not self._connection.connected.is_set():
            message = "the message broker is not connected"
            raise UnavailableError(message)


@asynccontextmanager
async def open_broker(
    settings: BrokerSettings, start_seconds: float = START_SECONDS
) -> AsyncIterator[Broker]:
    """Connect and declare what publishing needs; raises UnavailableError."""
    names = Names(settings.messaging_prefix)
    connection = await connect(settings, start_seconds)
    try:
        channel = connection.channel(on_return_raises=True)
        await channel.initialize()
        await declare_events(channel, names)
        yield Broker(connection, Publisher(connection, channel, names), names)
    finally:
        await connection.close()
