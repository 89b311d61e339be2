"""Waits for a connection that is being made again, but not for ever."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from aio_pika.exceptions import CONNECTION_EXCEPTIONS, PublishError
from anyio import fail_after

from shared.errors import UnavailableError
from shared.messaging.errors import UnroutableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.1

T = TypeVar("T")


async def patiently(act: Callable[[], Awaitable[T]]) -> T:
    """Do it, again and again while the connection is lost.

    Raises UnavailableError when that takes longer than the patience, UnroutableError at once
    when no queue takes the message.
    """
    try:
        with fail_after(PATIENCE_SECONDS):
            while True:
                try:
                    return await act()
                except PublishError:
                    message = "nobody has declared the queue for this message"
                    raise UnroutableError(message) from None
                except CONNECTION_EXCEPTIONS:
                    await asyncio.sleep(_PAUSE_SECONDS)
    except TimeoutError:
        message = "the message broker does not answer"
        raise UnavailableError(message) from None
