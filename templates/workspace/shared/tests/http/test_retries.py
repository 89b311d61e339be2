"""Only what may be done twice is tried again."""

from __future__ import annotations

import pytest

from shared import errors
from tests.support.clients import client_of
from tests.support.provider import providing
from tests.support.replies import BUSY, CUT, Reply


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
@pytest.mark.parametrize("first", [BUSY, CUT, Reply(status=429), Reply(status=504)])
async def test_what_may_be_done_twice_is_tried_again(method: str, first: Reply) -> None:
    replies = (first, BUSY, Reply(status=204, body=b""))
    async with providing(*replies) as provider, client_of(provider.url) as client:
        await client.request(method, "/users/1", into=object)

    assert len(provider.received) == 3


async def test_after_the_last_attempt_the_error_is_the_last_one() -> None:
    last = Reply(status=503, body=b'{"detail": "third"}')
    async with providing(CUT, BUSY, last) as provider, client_of(provider.url) as client:
        with pytest.raises(errors.UnavailableError, match="third"):
            await client.get("/users/1", into=object)

    assert len(provider.received) == 3


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_with_a_key_the_same_request_is_sent_again(method: str) -> None:
    async with providing(CUT, Reply()) as provider, client_of(provider.url) as client:
        await client.request(method, "/users", json={"a": 1}, into=object, idempotency_key="key-1")

    first, second = provider.received
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == "key-1"
    assert first.headers["x-request-id"] == second.headers["x-request-id"]
    assert first.body == second.body == b'{"a":1}'
