"""Makes the connection to RabbitMQ, also while the broker is still starting."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from aio_pika import connect_robust
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from yarl import URL

if TYPE_CHECKING:
    from aio_pika.abc import AbstractRobustConnection

    from shared.messaging.settings import BrokerSettings

_CONNECT_SECONDS = 5.0
_RECONNECT_SECONDS = 0.5
# A peer that is gone without a word is noticed within twice this time.
_HEARTBEAT_SECONDS = 15


async def connect(settings: BrokerSettings) -> AbstractRobustConnection:
    """Connect, however long it takes, and from then on again after each loss."""
    log = structlog.stdlib.get_logger(__name__)
    url = URL(settings.amqp_url.get_secret_value())
    if "heartbeat" not in url.query:
        url = url.update_query(heartbeat=_HEARTBEAT_SECONDS)
    while True:
        try:
            return await connect_robust(
                url,
                timeout=_CONNECT_SECONDS,
                reconnect_interval=_RECONNECT_SECONDS,
                client_properties={"connection_name": settings.service_name},
            )
        except (*CONNECTION_EXCEPTIONS, TimeoutError) as error:
            log.warning("the message broker cannot be reached yet", error=type(error).__name__)
            await asyncio.sleep(_RECONNECT_SECONDS)
