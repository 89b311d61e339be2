"""The own headers go along; cookies and proxies of somebody else do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.clients import client_of
from tests.support.provider import providing
from tests.support.replies import Reply

if TYPE_CHECKING:
    import pytest

TRACE, SPAN = 0x0AF7651916CD43DD8448EB211C80319C, 0xB7AD6B7169203331


async def test_the_headers_of_target_and_call_go_along() -> None:
    ours = {"X-API-Key": "key"}
    async with providing() as provider, client_of(provider.url, headers=ours) as client:
        await client.get("/", into=object, headers={"If-Match": "3"})

    sent = provider.received[0].headers
    assert (sent["x-api-key"], sent["if-match"]) == ("key", "3")


async def test_a_cookie_is_not_kept_for_somebody_else() -> None:
    reply = Reply(headers={"Set-Cookie": "session=hush"})
    async with providing(reply) as provider, client_of(provider.url) as client:
        await client.get("/", into=object)
        await client.get("/", into=object)

    assert "cookie" not in provider.received[1].headers


async def test_a_proxy_for_the_outside_world_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    async with providing() as provider, client_of(provider.url) as client:
        await client.get("/", into=object)

    assert len(provider.received) == 1
