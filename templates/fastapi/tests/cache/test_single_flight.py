"""Of many who want the same at once, one does it, and nobody's end is anybody else's."""

import asyncio
from time import monotonic

import pytest

from app.cache.single_flight import SingleFlight
from shared.budget import Budget, budget_scope, current_budget
from shared.errors import UnavailableError


class Load:
    """Counts how often it is asked, and answers when it may."""

    def __init__(self) -> None:
        self.count = 0
        self.going_on = asyncio.Event()

    async def __call__(self) -> int:
        self.count += 1
        number = self.count
        await self.going_on.wait()
        return number


async def settle() -> None:
    """Let everything run that can run now."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_all_who_want_the_same_get_the_outcome_of_one_load() -> None:
    flights, load = SingleFlight[int](), Load()
    waiting = [asyncio.ensure_future(flights.do("a", load)) for _ in range(5)]
    other = asyncio.ensure_future(flights.do("b", load))
    await settle()
    assert (flights.is_flying("a"), flights.is_flying("c")) == (True, False)
    load.going_on.set()
    assert await asyncio.gather(*waiting, other) == [1, 1, 1, 1, 1, 2]
    assert await flights.do("a", load) == 3


async def test_one_who_gives_up_takes_nobody_along() -> None:
    flights, load = SingleFlight[int](), Load()
    first, second = (asyncio.ensure_future(flights.do("a", load)) for _ in range(2))
    await settle()
    first.cancel()
    load.going_on.set()
    assert await second == 1


async def test_the_deadline_of_the_first_is_not_that_of_the_others() -> None:
    flights, load = SingleFlight[int](), Load()

    async def joined() -> int:
        # Joined by the second, it is made on nobody's budget.
        assert current_budget() == Budget()
        return await load()

    with budget_scope(Budget(retries=0, deadline=monotonic() + 0.05)):
        first = asyncio.ensure_future(flights.do("a", joined))
    await settle()
    second = asyncio.ensure_future(flights.do("a", joined))
    with pytest.raises(UnavailableError):
        await first
    load.going_on.set()
    assert await second == 1
    assert load.count == 1


async def test_an_error_is_everybodys() -> None:
    flights = SingleFlight[int]()

    async def fail() -> int:
        raise ZeroDivisionError

    outcomes = await asyncio.gather(
        *(flights.do("a", fail) for _ in range(2)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [ZeroDivisionError] * 2


async def test_at_the_end_nothing_is_left_in_the_air() -> None:
    flights, load = SingleFlight[int](), Load()
    caller = asyncio.ensure_future(flights.do("a", load))
    await settle()
    caller.cancel()
    load.going_on.set()
    await flights.drain()
    assert load.count == 1
    with pytest.raises(asyncio.CancelledError):
        await caller
