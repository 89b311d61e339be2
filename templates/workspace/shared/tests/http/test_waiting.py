"""The waits between attempts, as they are in production."""

from __future__ import annotations

import pytest

from shared.errors import UnavailableError
from shared.http import Retries
from tests.support.clients import client_of
from tests.support.provider import providing
from tests.support.replies import Reply


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
