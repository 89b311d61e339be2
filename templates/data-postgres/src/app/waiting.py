"""Waits for what is not ours to hurry."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from shared.errors import UnavailableError

RETRY_SECONDS = 0.5

_log = structlog.stdlib.get_logger(__name__)


async def keep_trying(attempt: Callable[[], Awaitable[bool]], seconds: float, what: str) -> None:
    """Return when an attempt succeeds. Raises `UnavailableError` after `seconds`."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                if await attempt():
                    return
                _log.info("waiting", what=what)
                await asyncio.sleep(RETRY_SECONDS)
    except TimeoutError:
        raise UnavailableError(f"waited {seconds:g} s for {what}") from None
