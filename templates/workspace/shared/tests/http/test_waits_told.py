"""The provider says how long to wait."""

from __future__ import annotations

from time import monotonic

import pytest

from shared.errors import UnavailableError
from shared.http import Retries
from tests.support.clients import client_of
from tests.support.provider import providing
from tests.support.replies import Reply

QUICK = Retries(wait_initial=0.01, wait_max=0.02, wait_jitter=0.01)


def busy(seconds: str) -> Reply:
    return Reply(status=503, body=b"", headers={"Retry-After": seconds})


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
