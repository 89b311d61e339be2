"""Ends handlers: each when it takes too long, all when the process has no more time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from anyio import CancelScope

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


class StoppedError(Exception):
    """The handler was cancelled because the process stops."""


class Limits:
    """Runs the handlers of one queue, each within its time."""

    def __init__(self) -> None:
        self._scopes: set[CancelScope] = set()
        self._stopped = False

    async def run(self, seconds: float, awaited: Awaitable[T]) -> T:
        """Return what is awaited; raises TimeoutError, which names the limit, or StoppedError."""
        scope = CancelScope(deadline=asyncio.get_running_loop().time() + seconds)
        self._scopes.add(scope)
        try:
            with scope:
                return await awaited
        finally:
            self._scopes.discard(scope)
        if self._stopped:
            raise StoppedError
        message = f"took longer than {seconds:g} s"
        raise TimeoutError(message)

    def stop(self) -> None:
        """Cancel all that run, until they have ended."""
        self._stopped = True
        for scope in tuple(self._scopes):
            scope.cancel()
