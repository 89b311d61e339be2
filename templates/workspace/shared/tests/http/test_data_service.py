"""A service asks the one it is linked to."""

from __future__ import annotations

import pytest

from shared.errors import ConfigurationError
from shared.testing import client
from tests.support.front import KEY, front, link
from tests.support.provider import providing
from tests.support.replies import Reply

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def test_a_service_asks_the_linked_one_with_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {"X-Request-ID": "id-1", "traceparent": TRACE}
    async with providing(Reply(body=b'{"a": 1}')) as provider:
        app = front(monkeypatch, provider.url)
        async with client(app, headers=headers) as http:
            answer = await http.get("/api/v1/things/a")

    assert answer.json() == {"a": 1}
    sent = provider.received[0]
    assert sent.line == "GET /api/v1/things/a HTTP/1.1"
    assert (sent.headers["x-api-key"], sent.headers["x-request-id"]) == (KEY, "id-1")
    assert sent.headers["traceparent"].split("-")[1] == TRACE.split("-")[1]
    labels = {"method": "GET", "outcome": "200", "target": "data-service"}
    name = "http_client_request_duration_seconds_count"
    assert app.registry.get_sample_value(name, labels) == 1


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


@pytest.mark.parametrize(
    ("url", "key", "line"),
    [
        ("", KEY, "DATA_SERVICE_URL is missing, e.g. DATA_SERVICE_URL=http://users-data:8000"),
        ("users-data:8000", KEY, "DATA_SERVICE_URL is not valid: not of the form"),
        ("http://", KEY, "DATA_SERVICE_URL is not valid: not of the form"),
        ("http://h:99999", KEY, "DATA_SERVICE_URL is not valid"),
        ("http://[", KEY, "DATA_SERVICE_URL is not valid"),
        ("http://u:hush@h", KEY, "DATA_SERVICE_URL is not valid: has more than"),
        ("http://h?a=1", KEY, "DATA_SERVICE_URL is not valid: has more than"),
        ("http://h", "hush", "DATA_SERVICE_API_KEY is not valid"),
        ("http://h", "", "DATA_SERVICE_API_KEY is missing"),
    ],
)
def test_a_link_that_cannot_work_is_named_at_once(
    monkeypatch: pytest.MonkeyPatch, url: str, key: str, line: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        link(monkeypatch, url, key)

    assert str(caught.value).startswith(line)
    assert "hush" not in str(caught.value)
