"""An answer that makes no sense is one plain error, and its data stays out of sight."""

from __future__ import annotations

import gzip

import pytest
from pydantic import BaseModel

from shared.errors import BadGatewayError, UnavailableError
from tests.support.clients import client_of
from tests.support.provider import Provider, providing
from tests.support.replies import JSON, Reply


class User(BaseModel):
    name: str
    secret: int = 0


async def ask(provider: Provider) -> User:
    async with client_of(provider.url, max_response_bytes=1000) as client:
        return await client.get("/users/1", into=User)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"<html>hush</html>", media_type="text/html"),
        Reply(body=b'{"name": "hush', media_type=JSON),
        Reply(body=b"\xff\xfe\x00hush", media_type=JSON),
        Reply(body=b'{"name": 5, "hush": 1}'),
        Reply(body=b'{"name": "Ann", "secret": "hush"}'),
        Reply(body=b"[" * 900, media_type=JSON),
        Reply(body=b""),
        Reply(status=204, body=b""),
        Reply(body=b'"' + b"hush" * 1000 + b'"'),
        Reply(body=gzip.compress(b'{"name": "hush"}'), headers={"Content-Encoding": "gzip"}),
        Reply(status=302, body=b"", headers={"Location": "/users/2"}),
        Reply(status=500, body=b"hush"),
        Reply(status=418),
        Reply(status=404, body=b"<html>hush</html>", media_type="text/html"),
    ],
)
async def test_an_answer_that_makes_no_sense_is_one_error_without_its_data(
    reply: Reply, capsys: pytest.CaptureFixture[str]
) -> None:
    async with providing(reply) as provider:
        with pytest.raises(BadGatewayError) as caught:
            await ask(provider)

    assert str(caught.value) == "users-data gave an answer that makes no sense"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert len(provider.received) == 1
    logged = capsys.readouterr().out
    assert "GET /users/1" in logged
    assert "hush" not in logged


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=None, body=b""),
        Reply(status=None, body=b"SSH-2.0-OpenSSH\r\n\r\n"),
        Reply(status=None, body=Reply(body=b"x" * 100).wire()[:-50]),
    ],
)
async def test_what_is_not_http_is_a_service_that_is_not_there(reply: Reply) -> None:
    async with providing(reply) as provider:
        with pytest.raises(UnavailableError, match="users-data cannot be reached"):
            await ask(provider)
