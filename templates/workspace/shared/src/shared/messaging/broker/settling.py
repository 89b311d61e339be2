"""Tells the broker what has become of a message, if it can still be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aio_pika.exceptions import CONNECTION_EXCEPTIONS

if TYPE_CHECKING:
    from shared.messaging.incoming import Incoming


async def ack(message: Incoming) -> bool:
    """Have the broker forget it; False if the connection it came by is lost: it comes again."""
    try:
        await message.ack()
    except CONNECTION_EXCEPTIONS:
        return False
    return True


async def give_back(message: Incoming) -> None:
    """Return it to its queue; where the connection is lost the broker has done that already."""
    try:
        await message.nack()
    except CONNECTION_EXCEPTIONS:
        return
