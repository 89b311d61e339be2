"""Lets one of many callers do what all of them want; all of them get the outcome."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from shared.budget import Budget, budget_scope, current_budget
from shared.errors import UnavailableError

T = TypeVar("T")

# More than a call of the data service may take.
MAX_SECONDS = 30.0


class SingleFlight(Generic[T]):
    """The calls that are under way in this process, by key."""

    def __init__(self) -> None:
        self._flights: dict[str, asyncio.Future[T]] = {}

    def is_flying(self, key: str) -> bool:
        """Say whether `do` would wait for a call that is under way."""
        return key in self._flights

    async def do(self, key: str, call: Callable[[], Awaitable[T]]) -> T:
        """Return the outcome of the call of this key, which is started if there is none.

        A caller who is cancelled, or whose time is up (`UnavailableError`), takes nobody along: the
        call is made on nobody's budget.
        """
        flight = self._flights.get(key)
        if flight is None:
            with budget_scope(Budget()):
                flight = self._flights[key] = asyncio.ensure_future(call())
            flight.add_done_callback(lambda done: self._forget(key, done))
        try:
            async with asyncio.timeout(max(0.0, current_budget().seconds_left(MAX_SECONDS))):
                return await asyncio.shield(flight)
        except TimeoutError:
            raise UnavailableError("The time for this request is up.") from None

    async def drain(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._flights.values(), return_exceptions=True)

    def _forget(self, key: str, flight: asyncio.Future[T]) -> None:
        del self._flights[key]
        # Asked for, so that nobody complains about an error that no caller waited for.
        if not flight.cancelled():
            flight.exception()
