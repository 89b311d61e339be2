"""Of many who want the same at once, one loads it."""

import asyncio

import pytest

from app.cache.flights import Flights


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
    flights, load = Flights[int](), Load()
    waiting = [asyncio.ensure_future(flights.join("a", load)) for _ in range(5)]
    other = asyncio.ensure_future(flights.join("b", load))
    await settle()
    load.going_on.set()
    assert await asyncio.gather(*waiting, other) == [1, 1, 1, 1, 1, 2]
    assert await flights.join("a", load) == 3


async def test_one_who_gives_up_takes_nobody_along() -> None:
    flights, load = Flights[int](), Load()
    first, second = (asyncio.ensure_future(flights.join("a", load)) for _ in range(2))
    await settle()
    first.cancel()
    load.going_on.set()
    assert await second == 1


async def test_an_error_is_everybodys() -> None:
    flights = Flights[int]()

    async def fail() -> int:
        raise ZeroDivisionError

    outcomes = await asyncio.gather(
        *(flights.join("a", fail) for _ in range(2)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [ZeroDivisionError] * 2


async def test_who_comes_after_it_was_left_loads_anew() -> None:
    flights, load = Flights[int](), Load()
    before = asyncio.ensure_future(flights.join("a", load))
    await settle()
    flights.leave("a")
    after = asyncio.ensure_future(flights.join("a", load))
    await settle()
    load.going_on.set()
    assert (await before, await after) == (1, 2)


async def test_at_the_end_nothing_is_left_in_the_air() -> None:
    flights, load = Flights[int](), Load()
    caller = asyncio.ensure_future(flights.join("a", load))
    await settle()
    caller.cancel()
    load.going_on.set()
    await flights.land()
    assert load.count == 1
    with pytest.raises(asyncio.CancelledError):
        await caller
