"""A broker that is connected to in the background, for a service that works on without it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from shared.errors import UnavailableError
from shared.messaging.broker.connection import Broker, open_broker
from shared.messaging.broker.patience import PATIENCE_SECONDS
from shared.messaging.broker.publisher import Publisher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from shared.messaging.broker.depth import Depth
    from shared.messaging.outgoing import Outgoing
    from shared.messaging.settings import BrokerSettings

PAUSE_SECONDS = 1.0

_log = structlog.stdlib.get_logger(__name__)


class LatePublisher(Publisher):
    """Publishes as soon as there is a connection; raises UnavailableError when that takes long."""

    def __init__(self, connected: Callable[[], Awaitable[Broker]]) -> None:
        self._connected = connected

    async def send(self, outgoing: Outgoing, queue: str, seconds: float = 0.0) -> None:
        """Put it into a queue, after that many seconds; raises UnroutableError."""
        await (await self._connected()).publisher.send(outgoing, queue, seconds)

    async def send_all(
        self, outgoing: Iterable[Outgoing], queue: str, seconds: float = 0.0
    ) -> None:
        """Put all of them into a queue and wait once for all confirms; raises UnroutableError."""
        await (await self._connected()).publisher.send_all(outgoing, queue, seconds)

    async def tell(self, outgoing: Outgoing, key: str) -> None:
        """Publish an event to every queue that is bound to its key; there may be none."""
        await (await self._connected()).publisher.tell(outgoing, key)


class LateBroker(Broker):
    """Publishes and looks at queues; whoever comes before the connection waits a little for it."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._opened: asyncio.Future[Broker] = asyncio.get_running_loop().create_future()
        self._patience = patience_seconds
        self.publisher = LatePublisher(self._broker)

    async def keep(self, settings: BrokerSettings) -> None:
        """Connect as soon as the broker is there, and stay connected until cancelled."""
        while True:
            try:
                async with open_broker(settings) as broker:
                    self._opened.set_result(broker)
                    await asyncio.Event().wait()
            except UnavailableError as error:
                _log.warning("works on without the message broker", error=error.detail)
                await asyncio.sleep(PAUSE_SECONDS)

    async def depth(self, queue: str) -> Depth | None:
        """Return a queue's depth, None if there is no such queue; raises UnavailableError."""
        return await (await self._broker()).depth(queue)

    async def ping(self) -> None:
        """Raise UnavailableError unless the connection is there."""
        await (await self._broker()).ping()

    async def _broker(self) -> Broker:
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.shield(self._opened)
        except TimeoutError:
            message = "the message broker cannot be reached"
            raise UnavailableError(message) from None


@asynccontextmanager
async def open_late_broker(settings: BrokerSettings) -> AsyncIterator[LateBroker]:
    """Connect in the background; it returns at once, whether the broker is there or not."""
    late = LateBroker()
    keeping = asyncio.ensure_future(late.keep(settings))
    try:
        yield late
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
