"""Waits until the broker has put back what it was given back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiormq.abc import AbstractChannel

_PATIENCE_SECONDS = 2.0
_PAUSE_SECONDS = 0.01


async def wait_for_return(channel: AbstractChannel, queue: str, count: int) -> None:
    """Return when so many are ready, or after a while: another operator may hold some by then."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                found = await channel.queue_declare(queue, passive=True)
                if (found.message_count or 0) >= count:
                    return
                await asyncio.sleep(_PAUSE_SECONDS)
