"""What may not be done twice, or was refused, is sent once."""

from __future__ import annotations

import pytest

from shared import errors
from tests.support.clients import client_of
from tests.support.provider import providing
from tests.support.replies import BUSY, CUT, Reply


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("reply", [BUSY, CUT, Reply(status=429), Reply(status=409)])
async def test_what_may_not_be_done_twice_is_sent_once(method: str, reply: Reply) -> None:
    async with providing(reply) as provider, client_of(provider.url) as client:
        with pytest.raises(errors.ServiceError):
            await client.request(method, "/users", json={}, into=object)

    assert len(provider.received) == 1


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(status=409, body=b'{"field": "email"}'), errors.ConflictError),
        (Reply(status=422, body=b'{"errors": []}'), errors.InvalidError),
        (Reply(status=404), errors.NotFoundError),
        (Reply(status=500), errors.BadGatewayError),
    ],
)
async def test_a_refusal_is_final_even_with_a_key(
    reply: Reply, kind: type[errors.ServiceError]
) -> None:
    async with providing(reply) as provider, client_of(provider.url) as client:
        with pytest.raises(kind):
            await client.post("/users", json={}, into=object, idempotency_key="key-1")

    assert len(provider.received) == 1
