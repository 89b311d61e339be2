"""What is done over one connection to RabbitMQ."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from anyio import fail_after

from shared.errors import UnavailableError
from shared.messaging.broker.connection import (
    BrokerConnection,
    Depth,
    on_channel,
    open_channel,
    queue_depth,
)
from shared.messaging.broker.publisher import Publisher
from shared.messaging.broker.subscription import QueueOptions, Subscription, subscribe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from aiormq.abc import AbstractChannel

    from shared.messaging.messages import Incoming
    from shared.messaging.settings import BrokerSettings


START_SECONDS = 15.0

T = TypeVar("T")


class Broker:
    """Publishes, consumes and looks at queues, which are named without the prefix."""

    def __init__(self, link: BrokerConnection) -> None:
        self._link, self.publisher = link, Publisher(link)

    async def subscribe(
        self, wanted: QueueOptions, handle: Callable[[Incoming], Awaitable[None]]
    ) -> Subscription:
        """Declare a queue and take from it; `handle` must return at once."""
        await self._link.ensure_delay_queues()
        return await subscribe(self._link, wanted, handle)

    async def depth(self, queue: str) -> Depth | None:
        """Return a queue's depth, None if there is no such queue; raises UnavailableError."""
        return await queue_depth(self._link, queue)

    def channel(self) -> AbstractAsyncContextManager[AbstractChannel]:
        """Open a channel for a moment; raises UnavailableError, also when it gets lost."""
        return open_channel(self._link)

    async def on_channel(self, act: Callable[[AbstractChannel], Awaitable[T]]) -> T:
        """Do it on a channel of its own, again when the connection is lost for a moment."""
        return await on_channel(self._link, act)

    async def ping(self) -> None:
        """Raise UnavailableError unless the connection is there."""
        self._link.check()


@asynccontextmanager
async def open_broker(
    settings: BrokerSettings, *, optional: bool = False, start_seconds: float = START_SECONDS
) -> AsyncIterator[Broker]:
    """Connect; raises UnavailableError when that takes too long.

    What is optional goes on connecting in the background, for as long as it takes.
    """
    link = BrokerConnection(settings, optional=optional)
    try:
        if not optional:
            await _wait(link, start_seconds)
        yield Broker(link)
    finally:
        await link.close()


async def _wait(link: BrokerConnection, seconds: float) -> None:
    try:
        with fail_after(seconds):
            await link.channel()
    except TimeoutError:
        message = "the message broker cannot be reached"
        raise UnavailableError(message) from None
