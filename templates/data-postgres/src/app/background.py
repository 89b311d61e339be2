"""Runs work beside the requests of this process, and ends it for certain."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from anyio import CancelScope


class BackgroundTask:
    """Runs from now on, until it ends by itself or is stopped."""

    def __init__(self, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._scope = CancelScope()
        self._task = asyncio.create_task(self._run(run))

    async def stop(self, grace_seconds: float = 0.0) -> None:
        """Return once it has ended; it is cancelled unless it ends by itself in the grace time."""
        if grace_seconds > 0:
            await asyncio.wait([self._task], timeout=grace_seconds)
        self._scope.cancel()
        await asyncio.wait([self._task])

    async def _run(self, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
        with self._scope:
            await run()
