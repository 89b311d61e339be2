"""Lets one of many callers do what all of them want; all of them get the outcome."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Flights(Generic[T]):
    """The loads that are on their way in this process, by name."""

    def __init__(self) -> None:
        self._flying: dict[str, asyncio.Future[T]] = {}

    async def join(self, name: str, load: Callable[[], Awaitable[T]]) -> T:
        """Return the outcome of the load of this name, which is started if there is none.

        A caller that is cancelled doesn't take the others with it.
        """
        flight = self._flying.get(name)
        if flight is None:
            flight = self._flying[name] = asyncio.ensure_future(load())
            flight.add_done_callback(lambda done: self._landed(name, done))
        return await asyncio.shield(flight)

    def leave(self, name: str) -> None:
        """Have later callers load anew: what is on its way may be old by now."""
        self._flying.pop(name, None)

    async def land(self) -> None:
        """Wait for what is on its way."""
        await asyncio.gather(*self._flying.values(), return_exceptions=True)

    def _landed(self, name: str, flight: asyncio.Future[T]) -> None:
        if self._flying.get(name) is flight:
            del self._flying[name]
        # Asked for, so that nobody complains about an error that no caller waited for.
        if not flight.cancelled():
            flight.exception()
