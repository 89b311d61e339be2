"""Waits for what another process or task will do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from anyio import fail_after

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


async def wait_until(
    condition: Callable[[], Awaitable[bool]], *, timeout_seconds: float = 10, what: str = "it"
) -> None:
    """Return as soon as the condition holds; TimeoutError names `what` if it never does."""
    try:
        with fail_after(timeout_seconds):
            while True:
                if await condition():
                    return
                await asyncio.sleep(0.02)
    except TimeoutError:
        message = f"{what} did not happen within {timeout_seconds:g} s"
        raise TimeoutError(message) from None
