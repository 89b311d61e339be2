"""A call ends in time, whatever the provider does."""

from __future__ import annotations

import asyncio
from time import monotonic

import pytest

from shared.errors import UnavailableError
from shared.http import Retries, Timeouts
from tests.support.clients import client_of
from tests.support.provider import providing
from tests.support.replies import Reply

QUICK = Retries(wait_initial=0.01, wait_max=0.02, wait_jitter=0.01)


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
