"""A caller may give up before the answer is there."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.clients import client_of
from tests.support.provider import providing
from tests.support.replies import Reply


async def test_a_caller_who_is_cancelled_lets_go_of_the_connection() -> None:
    held = asyncio.Event()
    async with providing(Reply(held=held), Reply()) as provider, client_of(provider.url) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.get("/", into=object)
        held.set()
        await client.get("/", into=object)
