"""Many things at once."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def outcomes(tries: Iterable[Awaitable[T]]) -> list[T | BaseException]:
    """Return what became of each: its result or its error."""
    return await asyncio.gather(*tries, return_exceptions=True)
