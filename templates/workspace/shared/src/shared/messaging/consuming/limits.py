"""Ends what takes too long."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


async def within(seconds: float, awaited: Awaitable[T]) -> T:
    """Return what is awaited; raises TimeoutError, which names the limit, after `seconds`."""
    try:
        async with asyncio.timeout(seconds) as limit:
            return await awaited
    except TimeoutError as error:
        if not limit.expired():
            raise
        message = f"took longer than {seconds:g} s"
        raise TimeoutError(message) from error
