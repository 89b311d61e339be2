"""Makes the connection to RabbitMQ, also while the broker is still starting."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

import structlog
from aio_pika import RobustConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from anyio import move_on_after
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aio_pika.abc import AbstractRobustConnection
    from pamqp.common import FieldTable

    from shared.messaging.settings import BrokerSettings

_CONNECT_SECONDS = 5.0
_RECONNECT_SECONDS = 0.5
# A broker that is stopped does not answer to a close either.
_CLOSE_SECONDS = 2.0
# A peer that is gone without a word is noticed within twice this time.
_HEARTBEAT_SECONDS = 15


T = TypeVar("T")


async def persistently(act: Callable[[], Awaitable[T]]) -> T:
    """Do it until it succeeds; the log says why it does not."""
    log = structlog.stdlib.get_logger(__name__)
    while True:
        try:
            return await act()
        except (*CONNECTION_EXCEPTIONS, TimeoutError) as error:
            log.warning("the message broker is not there yet", error=repr(error))
            await asyncio.sleep(_RECONNECT_SECONDS)


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
