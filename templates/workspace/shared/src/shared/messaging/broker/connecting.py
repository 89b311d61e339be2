"""Makes the connection to RabbitMQ, also while the broker is still starting."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aio_pika import connect_robust
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, AuthenticationError
from yarl import URL

from shared.errors import UnavailableError

if TYPE_CHECKING:
    from aio_pika.abc import AbstractRobustConnection

    from shared.messaging.settings import BrokerSettings

START_SECONDS = 15.0
_CONNECT_SECONDS = 5.0
_RECONNECT_SECONDS = 0.5
# A peer that is gone without a word is noticed within twice this time.
_HEARTBEAT_SECONDS = 15


async def connect(settings: BrokerSettings, seconds: float) -> AbstractRobustConnection:
    """Connect, and from then on again after each loss; raises UnavailableError."""
    url = URL(settings.amqp_url.get_secret_value())
    if "heartbeat" not in url.query:
        url = url.update_query(heartbeat=_HEARTBEAT_SECONDS)
    try:
        async with asyncio.timeout(seconds):
            return await _connected(url, settings.service_name)
    except AuthenticationError:
        message = "the message broker refuses these credentials"
    except TimeoutError:
        message = "the message broker cannot be reached"
    raise UnavailableError(message)


async def _connected(url: URL, name: str) -> AbstractRobustConnection:
    while True:
        try:
            return await connect_robust(
                url,
                timeout=_CONNECT_SECONDS,
                reconnect_interval=_RECONNECT_SECONDS,
                client_properties={"connection_name": name},
            )
        except AuthenticationError:
            raise
        except CONNECTION_EXCEPTIONS:
            await asyncio.sleep(_RECONNECT_SECONDS)
