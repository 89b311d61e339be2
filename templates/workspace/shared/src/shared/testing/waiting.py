"""Waits for what another process or task will do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from anyio import Event, fail_after

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


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
        raise TimeoutError(f"{what} did not happen within {timeout_seconds:g} s") from None


class Changes:
    """Lets others wait for a condition that is looked at whenever something changes."""

    def __init__(self) -> None:
        self.revision = 0
        self._changed = Event()

    def notify(self) -> None:
        """Have all conditions looked at again."""
        self.revision += 1
        self._changed.set()
        self._changed = Event()

    async def wait_until(
        self, condition: Callable[[], T | None], *, timeout_seconds: float | None, what: str
    ) -> T:
        """Return what the condition gives as soon as that is true; TimeoutError names `what`."""
        try:
            with fail_after(timeout_seconds):
                while not (found := condition()):
                    await self._changed.wait()
                return found
        except TimeoutError:
            raise TimeoutError(f"{what} did not happen within {timeout_seconds:g} s") from None
