"""Work that goes on beside the rest of a process, and how it is ended.

`Task.cancel()` is an edge: one exception, and whoever swallows it goes on for ever. On Python 3.11
`asyncio.wait_for` swallows it when what it waits for is done in the same moment, and redis-py sends
each command through it. So here a cancellation is a level: it is raised again at each await until
the work has ended. Loops are a `BackgroundTask`, tasks that are many and short are ended by
`cancel_all`, and time limits around more than one await are `anyio.fail_after`.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import structlog
from anyio import CancelScope

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Coroutine

# Between two cancellations of a task: for it to give up what it holds.
AGAIN_SECONDS = 0.1


class BackgroundTask:
    """Runs from now on, until it ends by itself or is stopped; a failure is logged."""

    def __init__(self, run: Callable[[], Coroutine[Any, Any, object]]) -> None:
        self._scope = CancelScope()
        self._task = asyncio.create_task(self._run(run))

    async def stop(self, grace_seconds: float = 0.0) -> None:
        """Return once it has ended; it is cancelled unless it ends by itself in the grace time."""
        if grace_seconds > 0:
            await asyncio.wait([self._task], timeout=grace_seconds)
        self._scope.cancel()
        await asyncio.wait([self._task])

    async def _run(self, run: Callable[[], Coroutine[Any, Any, object]]) -> None:
        with self._scope:
            try:
                await run()
            except Exception:  # noqa: BLE001 - nobody awaits it, so the log is where it is seen
                structlog.stdlib.get_logger(__name__).exception("a background task has failed")


@asynccontextmanager
async def running(run: Callable[[], Coroutine[Any, Any, object]]) -> AsyncIterator[BackgroundTask]:
    """Run it for as long as the block, and cancel it at the end."""
    task = BackgroundTask(run)
    try:
        yield task
    finally:
        await task.stop()


async def cancel_all(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel tasks, again and again, and return once all have ended."""
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=AGAIN_SECONDS)
