"""The connection to RabbitMQ: made, made again after a loss, and waited for."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import structlog
from aio_pika import RobustConnection
from aio_pika.exceptions import (
    CONNECTION_EXCEPTIONS,
    AuthenticationError,
    ProbableAuthenticationError,
    PublishError,
)
from aiormq.exceptions import ConnectionNotAllowed, InvalidFrameError
from anyio import fail_after, move_on_after
from yarl import URL

from shared.background import BackgroundTask
from shared.errors import ConfigurationError, UnavailableError
from shared.messaging.broker.declaring import declare_delay_queues, declare_events
from shared.messaging.errors import UnroutableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aio_pika.abc import AbstractRobustChannel, AbstractRobustConnection
    from pamqp.common import FieldTable

    from shared.messaging.settings import BrokerSettings

    _Open = tuple[AbstractRobustConnection, AbstractRobustChannel]

RETRY_SECONDS = 5.0
_PAUSE_SECONDS = 0.1
_CONNECT_SECONDS = 5.0
_RECONNECT_SECONDS = 0.5
_REFUSED_SECONDS = 10.0
# A broker that is stopped does not answer to a close either.
_CLOSE_SECONDS = 2.0
# A peer that is gone without a word is noticed within twice this time.
_HEARTBEAT_SECONDS = 15

T = TypeVar("T")


async def retry_until(act: Callable[[], Awaitable[T]]) -> T:
    """Do it, again and again while the connection is lost.

    Raises UnavailableError when that takes longer than RETRY_SECONDS, UnroutableError at once
    when no queue takes the message.
    """
    try:
        with fail_after(RETRY_SECONDS):
            while True:
                try:
                    return await act()
                except PublishError:
                    raise UnroutableError from None
                except CONNECTION_EXCEPTIONS:
                    await asyncio.sleep(_PAUSE_SECONDS)
    except TimeoutError:
        raise UnavailableError("the message broker does not answer") from None


class RefusedError(ConfigurationError):
    """The broker is there and lets this user not in, or not to this virtual host."""


async def connect_with_retry(act: Callable[[], Awaitable[T]], *, optional: bool = False) -> T:
    """Do it until it succeeds; the log says why it does not.

    Raises RefusedError at once, unless the service can do without: it may be let in later.
    """
    log = structlog.stdlib.get_logger(__name__)
    while True:
        try:
            return await act()
        except (*CONNECTION_EXCEPTIONS, TimeoutError) as error:
            refused = _refused(error)
            if refused is None:
                log.warning("the message broker is not there yet", error=repr(error))
                await asyncio.sleep(_RECONNECT_SECONDS)
                continue
            message = f"the message broker refuses {refused} of AMQP_URL"
            if not optional:
                raise RefusedError(message) from None
            log.warning(message)
            await asyncio.sleep(_REFUSED_SECONDS)


def _refused(error: Exception) -> str | None:
    if isinstance(error, (AuthenticationError, ProbableAuthenticationError)):
        return "user or password"
    # The library expects a virtual host to be opened, and takes a refusal for a broken frame.
    closed = isinstance(error, InvalidFrameError) and "Connection.OpenOk" in str(error)
    return "the virtual host" if closed or isinstance(error, ConnectionNotAllowed) else None


async def connect(settings: BrokerSettings) -> AbstractRobustConnection:
    """Connect once, and from then on again after each loss; raises what the library raises."""
    url = URL(settings.amqp_url.get_secret_value())
    if "heartbeat" not in url.query:
        url = url.update_query(heartbeat=_HEARTBEAT_SECONDS)
    url = url.update_query(reconnect_interval=_RECONNECT_SECONDS)
    named: FieldTable = {"connection_name": settings.service_name}
    connection = RobustConnection(url, client_properties=named)
    try:
        await connection.connect(_CONNECT_SECONDS)
    except BaseException:
        # Otherwise it would go on trying by itself.
        await disconnect(connection)
        raise
    return connection


async def disconnect(connection: AbstractRobustConnection) -> None:
    """Close a connection, whoever is being cancelled meanwhile, and whether the broker answers."""
    with move_on_after(_CLOSE_SECONDS, shield=True):
        await connection.close()


class BrokerConnection:
    """One connection with the channel that is published on."""

    def __init__(self, settings: BrokerSettings, *, optional: bool = False) -> None:
        self._optional, self.names = optional, settings.names
        self.known_queues: set[str] = set()
        self._has_delay_queues, self._lock = False, asyncio.Lock()
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

    async def ensure_delay_queues(self) -> None:
        """Declare the waiting queues, if that has not been done."""
        async with self._lock:
            if not self._has_delay_queues:
                await declare_delay_queues(await self.channel(), self.names)
                self._has_delay_queues = True

    def check(self) -> None:
        """Raise UnavailableError unless the connection is there now."""
        if not (self._open.done() and self._open.result()[0].connected.is_set()):
            raise UnavailableError("the message broker is not connected")

    async def wait(self, seconds: float) -> None:
        """Return once it is there; raises UnavailableError when that takes too long."""
        try:
            with fail_after(seconds):
                await self.channel()
        except TimeoutError:
            message = f"the message broker of AMQP_URL did not answer within {seconds:g} s"
            raise UnavailableError(message) from None

    async def close(self) -> None:
        """Close the connection, or make it no longer."""
        await self._opening.stop()
        if not self._open.done():
            self._open.cancel()
        elif self._open.exception() is None:
            await disconnect(self._open.result()[0])

    async def _opened(self) -> _Open:
        if self._open.done():
            return self._open.result()
        return await asyncio.shield(self._open)

    async def _keep_opening(self, settings: BrokerSettings) -> None:
        try:
            connect = partial(self._connect, settings)
            self._open.set_result(await connect_with_retry(connect, optional=self._optional))
        except RefusedError as error:
            self._open.set_exception(error)

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
