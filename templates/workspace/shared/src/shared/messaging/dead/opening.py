"""Connects an operator to the broker and the store."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aio_pika.exceptions import CONNECTION_EXCEPTIONS

from shared.errors import UnavailableError
from shared.messaging.broker import open_broker
from shared.messaging.broker.connecting import connect
from shared.messaging.dead.operating import DeadLetters
from shared.messaging.dead.replaying import Replayer
from shared.messaging.topology import Names

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.messaging.ports import Statuses
    from shared.messaging.settings import BrokerSettings


@asynccontextmanager
async def open_dead_letters(
    settings: BrokerSettings, statuses: Statuses
) -> AsyncIterator[DeadLetters]:
    """Connect at once or raise UnavailableError: an operator need not wait for a broker."""
    try:
        # What is held belongs to this connection, so it is not shared with publishing.
        connection = await connect(settings)
    except (*CONNECTION_EXCEPTIONS, TimeoutError) as error:
        message = "the message broker cannot be reached"
        raise UnavailableError(message) from error
    async with connection, open_broker(settings) as broker:
        replayer = Replayer(broker.publisher, statuses)
        yield DeadLetters(connection, Names(settings.messaging_prefix), replayer)
