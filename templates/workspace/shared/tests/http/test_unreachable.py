"""A service that is not there, and one that comes back."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry

from shared.errors import UnavailableError
from tests.support.clients import balanced, client_of
from tests.support.fleet import closed_port
from tests.support.provider import providing


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-service.invalid"])
async def test_a_service_that_is_not_there_is_unavailable_and_its_place_stays_secret(
    method: str, host: str
) -> None:
    _, port = closed_port()
    async with client_of(f"http://{host}:{port}") as client:
        with pytest.raises(UnavailableError) as caught:
            await client.request(method, "/users", into=object)

    assert str(caught.value) == "users-data cannot be reached"


async def test_what_was_not_sent_is_tried_again_whatever_the_method() -> None:
    """Nobody listens at the first look-up of the name, and somebody does at the next one."""
    async with providing() as provider:
        later = [provider.address]
        client = balanced([closed_port()], CollectorRegistry(), later=later)
        async with client:
            await client.post("/users", json={}, into=object)

    assert len(provider.received) == 1
