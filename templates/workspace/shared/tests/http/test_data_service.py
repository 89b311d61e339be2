"""A service asks the one it is linked to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from shared.http import DataServiceClient, Target
from shared.testing import client
from tests.support.front import KEY, front_app, link
from tests.support.provider import providing
from tests.support.replies import Reply

if TYPE_CHECKING:
    import pytest

    from shared.web import Service

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def front(patch: pytest.MonkeyPatch, url: str) -> Service:
    return front_app(link(patch, url))


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


async def test_an_error_of_the_linked_service_is_the_services_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = b'{"code": "already-taken", "title": "Taken", "detail": "no", "field": "email"}'
    async with (
        providing(Reply(status=409, body=body)) as provider,
        client(front(monkeypatch, provider.url)) as http,
    ):
        problem = (await http.get("/api/v1/things/a")).json()

    expected = {"status": 409, "code": "already-taken", "title": "Taken", "field": "email"}
    assert problem.items() >= expected.items()
    assert problem["type"] == "urn:problem:already-taken"


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


async def test_a_test_may_stand_in_for_the_network() -> None:
    def fake(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=request.url.path)

    target = Target(name="users-data", base_url="http://users-data")
    async with DataServiceClient(target, transport=httpx2.MockTransport(fake)) as faked:
        assert await faked.get("/health", into=str) == "/health"
