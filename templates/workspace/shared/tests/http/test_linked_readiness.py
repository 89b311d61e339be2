"""A service is ready when the one it is linked to lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.testing import client
from tests.support.front import front
from tests.support.provider import providing
from tests.support.replies import Reply

if TYPE_CHECKING:
    import pytest


async def test_a_service_is_ready_when_the_linked_one_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with (
        providing(Reply(), Reply(status=503)) as provider,
        client(front(monkeypatch, provider.url)) as http,
    ):
        assert (await http.get("/ready")).json()["checks"] == {"DataServiceClient": "ok"}
        assert provider.received[0].line == "GET /health HTTP/1.1"
        down = await http.get("/ready")

    assert (down.status_code, down.json()["checks"]) == (
        503,
        {"DataServiceClient": "UnavailableError"},
    )
