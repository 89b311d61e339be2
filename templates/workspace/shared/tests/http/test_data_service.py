"""A service asks the one it is linked to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.testing import client
from tests.support.front import KEY, front
from tests.support.provider import providing
from tests.support.replies import Reply

if TYPE_CHECKING:
    import pytest

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_a_service_asks_the_linked_one_with_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {"X-Request-ID": "id-1", "traceparent": TRACE}
    async with (
        providing(Reply(body=b'{"a": 1}')) as provider,
        client(front(monkeypatch, provider.url), headers=headers) as http,
    ):
        answer = await http.get("/api/v1/things/a")
        metrics = await http.get("/metrics")

    assert answer.json() == {"a": 1}
    sent = provider.received[0]
    assert sent.line == "GET /api/v1/things/a HTTP/1.1"
    assert (sent.headers["x-api-key"], sent.headers["x-request-id"]) == (KEY, "id-1")
    assert sent.headers["traceparent"] == TRACE
    labels = '{method="GET",outcome="200",target="data-service"}'
    assert f"http_client_request_duration_seconds_count{labels} 1.0" in metrics.text
