"""A channel for a moment, for what is neither publishing nor consuming."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from anyio import fail_after

from shared.errors import UnavailableError
from shared.messaging.broker.patience import PATIENCE_SECONDS, patiently

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from aiormq.abc import AbstractChannel

    from shared.messaging.broker.link import Link

T = TypeVar("T")


@asynccontextmanager
async def open_channel(link: Link) -> AsyncIterator[AbstractChannel]:
    """Open it, with confirms, and close it; raises UnavailableError, also when it gets lost."""
    try:
        async with _channel(link) as channel:
            yield channel
    except (*CONNECTION_EXCEPTIONS, TimeoutError) as error:
        message = "the connection to the message broker was lost"
        raise UnavailableError(message) from error


async def on_channel(link: Link, act: Callable[[AbstractChannel], Awaitable[T]]) -> T:
    """Do it on a channel of its own, again when the connection is lost; raises UnavailableError."""

    async def attempt() -> T:
        async with _channel(link) as channel:
            return await act(channel)

    return await patiently(attempt)


@asynccontextmanager
async def _channel(link: Link) -> AsyncIterator[AbstractChannel]:
    with fail_after(PATIENCE_SECONDS):
        transport = (await link.connection()).transport
        if transport is None:
            raise ConnectionError
        channel = await transport.connection.channel()
    try:
        yield channel
    finally:
        # What was taken and not acked, the broker has again then.
        if not channel.is_closed:
            await channel.close()
