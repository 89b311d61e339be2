from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

import pytest
import stamina

from shared.errors import UnavailableError
from shared.http import Retries, Timeouts
from tests.support.clients import client_of
from tests.support.provider import Reply, providing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stamina.instrumentation import RetryDetails

QUICK = Retries(wait_initial=0.01, wait_max=0.02, wait_jitter=0.01)


@pytest.fixture
def waits() -> Iterator[list[float]]:
    """The seconds between attempts, as they are in production."""
    seen: list[float] = []

    def remember(details: RetryDetails) -> None:
        seen.append(round(details.wait_for, 6))

    before = stamina.instrumentation.get_on_retry_hooks()
    stamina.instrumentation.set_on_retry_hooks([remember])
    with stamina.set_testing(testing=False):
        yield seen
    stamina.instrumentation.set_on_retry_hooks(before)


def busy(seconds: str) -> Reply:
    return Reply(status=503, body=b"", headers={"Retry-After": seconds})


async def test_the_waits_grow_and_are_not_the_same_for_everybody(waits: list[float]) -> None:
    waiting = Retries(wait_initial=0.01, wait_max=1, wait_jitter=0.01)
    async with (
        providing(Reply(status=503)) as provider,
        client_of(provider.url, retries=waiting) as client,
    ):
        for _ in range(3):
            with pytest.raises(UnavailableError):
                await client.get("/", into=object)

    assert len(provider.received) == 9
    assert all(0.01 <= wait <= 0.02 for wait in waits[::2])
    assert all(0.02 <= wait <= 0.03 for wait in waits[1::2])
    assert len(set(waits)) > 2


async def test_the_provider_says_how_long_to_wait(waits: list[float]) -> None:
    started = monotonic()
    async with (
        providing(busy("0.3"), Reply()) as provider,
        client_of(provider.url, retries=QUICK) as client,
    ):
        await client.get("/", into=object)

    assert monotonic() - started >= 0.3
    assert 0.3 <= waits[0] <= 0.31


async def test_a_wait_beyond_the_end_of_the_call_is_left_to_the_caller(
    waits: list[float],
) -> None:
    started = monotonic()
    async with providing(busy("30")) as provider, client_of(provider.url) as client:
        with pytest.raises(UnavailableError) as caught:
            await client.get("/", into=object)

    assert monotonic() - started < 5
    assert caught.value.headers() == {"Retry-After": "30"}
    assert (len(provider.received), waits) == (1, [])


async def test_a_slow_answer_is_given_up_and_asked_for_again() -> None:
    held = asyncio.Event()
    limits = Timeouts(read=0.1)
    async with providing(Reply(held=held), Reply(body=b"7")) as provider:
        async with client_of(provider.url, timeouts=limits) as client:
            assert await client.get("/", into=int) == 7
        held.set()


async def test_a_call_ends_in_time_however_many_attempts_are_left(waits: list[float]) -> None:
    held, started = asyncio.Event(), monotonic()
    limits = Timeouts(read=0.4, total=1.0)
    async with providing(Reply(held=held)) as provider:
        async with client_of(provider.url, timeouts=limits, retries=QUICK) as client:
            with pytest.raises(UnavailableError, match="did not answer in time"):
                await client.get("/", into=object)
        held.set()

    assert monotonic() - started < 4
    assert 1 <= len(waits) < QUICK.attempts


async def test_a_caller_who_is_cancelled_lets_go_of_the_connection() -> None:
    held = asyncio.Event()
    async with providing(Reply(held=held), Reply()) as provider, client_of(provider.url) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.get("/", into=object)
        held.set()
        await client.get("/", into=object)
