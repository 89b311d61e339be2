"""Over several services retries add up and do not multiply."""

from __future__ import annotations

import pytest

from shared.errors import UnavailableError
from shared.http import Retries
from tests.support.clients import client_of
from tests.support.front import KEY
from tests.support.provider import providing
from tests.support.replies import Reply
from tests.support.running import FRONT, running

PATH = "/api/v1/things/a"

THREE = Retries(attempts=3)


async def test_over_two_hops_retries_add_up_and_do_not_multiply() -> None:
    """Each of the two callers makes three attempts: 3 + 1 + 1 requests arrive, and not 9."""
    async with providing(Reply(status=503, body=b'{"detail": "full"}')) as provider:
        variables = {"DATA_SERVICE_URL": provider.url, "DATA_SERVICE_API_KEY": KEY}
        async with running(FRONT, **variables) as front:
            client = client_of(await front.url(), retries=THREE)
            async with client:
                with pytest.raises(UnavailableError, match="full"):
                    await client.get(PATH, into=object)

    allowed = [request.headers["x-retry-budget"] for request in provider.received]
    assert allowed == ["2", "0", "0", "0", "0"]
    times = [float(request.headers["x-request-timeout"]) for request in provider.received]
    assert times == sorted(times, reverse=True)
    assert len({request.headers["x-request-id"] for request in provider.received}) == 1
