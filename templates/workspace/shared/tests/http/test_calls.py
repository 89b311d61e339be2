"""What is asked for arrives as it was meant, and the answer is what was asked for."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime
from enum import Enum
from types import NoneType
from typing import TYPE_CHECKING
from uuid import UUID

import httpx2
import pytest
from opentelemetry import trace
from opentelemetry.context import attach, detach
from opentelemetry.propagate import extract
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags
from pydantic import BaseModel, TypeAdapter

from shared.correlation import request_scope
from shared.errors import ConfigurationError, UnavailableError
from shared.http import DataServiceClient, ProxySettings, Target
from shared.http.request import Call
from shared.settings import load_settings
from shared.testing import set_environment
from tests.support.clients import client_of, stranger_of
from tests.support.fleet import closed_port
from tests.support.provider import providing
from tests.support.replies import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.http import CallOptions


ID = UUID(int=1)


class Role(Enum):
    ADMIN = "admin"


class User(BaseModel):
    id: UUID
    since: datetime


def call(path: str, options: CallOptions | None = None) -> Call:
    return Call.of("get", path, options or {})


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        (ID, str(ID)),
        (7, "7"),
        ("a b/c?d#e", "a%20b%2Fc%3Fd%23e"),
        ("é", "%C3%A9"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("a.b", "a.b"),
        ("{id}", "%7Bid%7D"),
    ],
)
async def test_a_value_stays_within_its_part_of_the_path(value: object, segment: str) -> None:
    async with providing() as provider, client_of(provider.url) as client:
        await client.get("/users/{id}/files", path_params={"id": value}, into=object)

    assert provider.received[0].line == f"GET /users/{segment}/files HTTP/1.1"


def test_a_path_is_complete_or_an_error() -> None:
    with pytest.raises(KeyError, match="id"):
        call("/users/{id}")
    with pytest.raises(ValueError, match="id is empty"):
        call("/users/{id}", {"path_params": {"id": ""}})


async def test_a_query_has_what_is_not_none_as_the_provider_reads_it() -> None:
    params = {"role": Role.ADMIN, "active": True, "cursor": None, "id": [ID, 2], "q": "a&b"}

    async with providing() as provider, client_of(f"{provider.url}/base/") as client:
        await client.get("/users", params=params, into=object)

    query = f"role=admin&active=true&id={ID}&id=2&q=a%26b"
    assert provider.received[0].line == f"GET /base/users?{query} HTTP/1.1"


async def test_a_body_may_be_made_of_models_ids_and_times() -> None:
    user = User(id=ID, since=datetime(2026, 1, 2, tzinfo=UTC))

    async with providing() as provider, client_of(provider.url) as client:
        await client.post("/users", json={"items": [user]}, into=object)

    assert provider.received[0].headers["content-type"] == "application/json"
    expected = f'{{"items":[{{"id":"{ID}","since":"2026-01-02T00:00:00Z"}}]}}'
    assert provider.received[0].body.decode() == expected


def test_what_is_sent_is_not_shown() -> None:
    secret = call("/users", {"json": "hush", "headers": {"X-API-Key": "hush"}})

    assert "hush" not in repr(secret)
    assert str(secret) == "GET /users"


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


TRACE, SPAN = 0x0AF7651916CD43DD8448EB211C80319C, 0xB7AD6B7169203331
PARENT = f"00-{TRACE:032x}-{SPAN:016x}-01"


async def test_the_request_id_goes_along_or_a_new_one_is_made() -> None:
    async with providing() as provider, client_of(provider.url) as client:
        with request_scope("id-1"):
            await client.get("/", into=object)
        await client.get("/", into=object)

    ids = [request.headers["x-request-id"] for request in provider.received]
    assert ids[0] == "id-1"
    assert len(ids[1]) == 32


async def test_the_trace_goes_along() -> None:
    context = SpanContext(TRACE, SPAN, is_remote=False, trace_flags=TraceFlags(1))
    async with providing() as provider, client_of(provider.url) as client:
        with trace.use_span(NonRecordingSpan(context)):
            await client.get("/", into=object)

    assert provider.received[0].headers["traceparent"] == PARENT


class Named(BaseModel):
    name: str


async def test_a_body_becomes_what_was_asked_for() -> None:
    reply = Reply(body=b'{"name": "Ann", "added": "later"}')
    async with providing(reply) as provider, client_of(provider.url) as client:
        assert await client.get("/users/1", into=Named) == Named(name="Ann")
        found = await client.put("/users/1", into=dict[str, str], json={})

    assert found == {"name": "Ann", "added": "later"}


async def test_an_empty_body_is_none() -> None:
    reply = Reply(status=204, body=b"")
    async with providing(reply) as provider, client_of(provider.url) as client:
        await client.delete("/users/1", params={"version": 3})
        await client.patch("/users/1", into=NoneType, json={})

    assert provider.received[0].line == "DELETE /users/1?version=3 HTTP/1.1"


async def test_an_answer_may_be_one_of_several_things() -> None:
    either: TypeAdapter[Named | list[int]] = TypeAdapter(Named | list[int])
    async with providing(Reply(body=b"[1, 2]")) as provider, client_of(provider.url) as client:
        assert await client.get("/", into=either) == [1, 2]


async def test_a_test_may_stand_in_for_the_network() -> None:
    def fake(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=request.url.path)

    target = Target(name="users-data", base_url="http://users-data")
    async with DataServiceClient(target, transport=httpx2.MockTransport(fake)) as faked:
        assert await faked.get("/health", into=str) == "/health"


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress])
async def test_a_compressed_answer_is_read(compress: Callable[[bytes], bytes]) -> None:
    encoding = "gzip" if compress is gzip.compress else "deflate"
    reply = Reply(body=compress(b'{"name": "Ann"}'), headers={"Content-Encoding": encoding})
    async with providing(reply) as provider, client_of(provider.url) as client:
        assert await client.get("/users/1", into=Named) == Named(name="Ann")

    assert provider.received[0].headers["accept-encoding"] == "gzip"


async def test_an_empty_answer_may_claim_to_be_compressed() -> None:
    reply = Reply(status=204, body=b"", headers={"Content-Encoding": "gzip"})
    async with providing(reply) as provider, client_of(provider.url) as client:
        await client.delete("/users/1")


@pytest.mark.parametrize("linked", [True, False])
async def test_only_a_linked_service_is_told_what_a_request_may_cost(*, linked: bool) -> None:
    context = extract({"traceparent": PARENT, "baggage": "user=ann"})
    token = attach(context)
    try:
        kind = client_of if linked else stranger_of
        async with providing() as provider, kind(provider.url) as client:
            await client.get("/", into=object)
    finally:
        detach(token)

    sent = provider.received[0].headers
    internal = {"x-retry-budget", "x-request-timeout", "baggage"}
    assert internal & sent.keys() == (internal if linked else set())
    assert {"x-request-id", "traceparent"} <= sent.keys()


async def test_a_stranger_is_called_through_the_proxy_that_is_named() -> None:
    async with (
        providing() as proxy,
        stranger_of("http://mailer.invalid/base", proxy=proxy.url) as client,
    ):
        await client.post("/hook", json={}, into=object)

    assert proxy.received[0].line == "POST http://mailer.invalid/base/hook HTTP/1.1"
    assert proxy.received[0].headers["host"] == "mailer.invalid"


async def test_a_proxy_that_is_away_is_an_unavailable_service() -> None:
    host, port = closed_port()
    async with stranger_of("http://mailer.invalid", proxy=f"http://{host}:{port}") as client:
        with pytest.raises(UnavailableError, match="mailer cannot be reached"):
            await client.post("/hook", json={}, into=object)


def test_a_proxy_is_named_by_a_setting_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"SERVICE_NAME": "x", "OUTBOUND_PROXY": "http://me:hush@proxy:3128"}
    set_environment(monkeypatch, ProxySettings, **variables)
    settings = load_settings(ProxySettings)

    assert settings.proxy_url == "http://me:hush@proxy:3128"
    assert "hush" not in repr(settings)
    set_environment(monkeypatch, ProxySettings, **variables | {"OUTBOUND_PROXY": "hush:3128"})
    with pytest.raises(ConfigurationError) as caught:
        load_settings(ProxySettings)
    assert "OUTBOUND_PROXY is not valid" in str(caught.value)
    assert "hush" not in str(caught.value)


def test_a_call_names_its_path_and_not_its_query_which_may_be_a_secret() -> None:
    call = Call.of("POST", "/hook/?key=s3cret", {})
    assert str(call) == "POST /hook/"
    assert call.path == "/hook/?key=s3cret"
