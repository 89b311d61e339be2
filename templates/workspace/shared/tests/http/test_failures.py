"""Whatever the other side or the network does, a call fails with an error that says what to do."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import tracemalloc
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import httpx2
import pytest
from prometheus_client import CollectorRegistry
from pydantic import BaseModel

from shared import errors
from shared.errors import BadGatewayError, UnavailableError
from shared.http import Retries, Timeouts
from shared.http.errors import error_of
from shared.http.sender import Answer
from tests.support.clients import balanced, client_of
from tests.support.fleet import closed_port
from tests.support.provider import Provider, providing
from tests.support.replies import JSON, Reply

if TYPE_CHECKING:
    from shared.errors import ServiceError


PROBLEM = {"type": "urn:problem:x", "title": "Odd", "status": 1, "detail": "Why", "code": "odd-one"}


def error_from(status: int, body: object, **headers: str) -> ServiceError:
    fields = {"Content-Type": "application/problem+json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    answer = Answer(status=status, headers=httpx2.Headers(fields), body=json.dumps(body).encode())
    return error_of("users-data", answer)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequestError),
        (404, errors.NotFoundError),
        (409, errors.ConflictError),
        (413, errors.PayloadTooLargeError),
        (422, errors.InvalidError),
        (429, errors.TooManyRequestsError),
        (502, errors.UnavailableError),
        (503, errors.UnavailableError),
        (504, errors.UnavailableError),
    ],
)
def test_a_problem_is_the_error_again_that_it_was_made_of(
    status: int, kind: type[errors.ServiceError]
) -> None:
    found = error_from(status, PROBLEM | {"field": "email", "self": 1, "request_id": "id-1"})

    assert type(found) is kind
    assert (found.detail, found.code, found.title) == ("Why", "odd-one", "Odd")
    assert found.extensions == {"field": "email", "self": 1}
    assert kind.code != "odd-one"


@pytest.mark.parametrize(
    ("status", "kind"), [(401, errors.UnauthorizedError), (403, errors.ForbiddenError)]
)
def test_being_refused_is_nothing_that_the_own_caller_can_change(
    status: int, kind: type[errors.ServiceError]
) -> None:
    found = error_from(status, PROBLEM)

    assert type(found) is errors.BadGatewayError
    assert str(found) == "users-data refused this service"
    assert type(found.__cause__) is kind


@pytest.mark.parametrize("body", [None, [], "x", {"detail": 3, "code": 4, "title": {}}, {}])
def test_json_that_is_no_problem_is_still_the_error_of_its_status(body: object) -> None:
    found = error_from(404, body)

    assert type(found) is errors.NotFoundError
    assert (found.detail, found.code) == ("users-data answered 404", "not-found")


@pytest.mark.parametrize("code", ["", "Odd", "a b", "a\r\nb", "x" * 65, "-"])
def test_a_code_that_is_none_is_not_passed_on(code: str) -> None:
    assert error_from(409, PROBLEM | {"code": code}).code == "conflict"


class User(BaseModel):
    name: str
    secret: int = 0


async def ask(provider: Provider) -> User:
    async with client_of(provider.url, max_response_bytes=1000) as client:
        return await client.get("/users/1", into=User)


def compressed(body: bytes, *, encoding: str = "gzip", cut: int = 0) -> Reply:
    packed = gzip.compress(body)
    return Reply(body=packed[: len(packed) - cut], headers={"Content-Encoding": encoding})


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
        compressed(b'{"name": "hush"}', encoding="br"),
        compressed(b'"' + b"hush" * 1000 + b'"'),
        compressed(b'{"name": "hush"}', cut=4),
        Reply(body=b'{"name": "hush"}', headers={"Content-Encoding": "gzip"}),
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


@pytest.mark.parametrize(
    ("header", "member", "seconds"),
    [
        ("3", 9, 3),
        ("0.25", None, 0.25),
        ("", 9, 9),
        ("soon", 1.5, 1.5),
        ("-3", "9\r\nX: 1", None),
        ("", -1, None),
        ("9" * 5000, None, None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", None, 0),
        ("Sun, 06 Nov 1994 08:49:37 -0000", None, 0),
    ],
)
def test_the_time_to_wait_is_a_number_or_a_date(
    header: str, member: object, seconds: float | None
) -> None:
    found = error_from(503, {"retry_after": member}, Retry_After=header)

    assert found.extensions.get("retry_after") == seconds


def test_a_date_to_come_is_so_many_seconds_away() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    found = error_from(429, PROBLEM, Retry_After=later)

    assert 58 < float(found.headers()["Retry-After"]) <= 60


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-service.invalid"])
async def test_a_service_that_is_not_there_is_unavailable_and_its_place_stays_secret(
    method: str, host: str
) -> None:
    _, port = closed_port()
    async with client_of(f"http://{host}:{port}") as client:
        with pytest.raises(UnavailableError) as caught:
            await client.request(method, "/users", into=object)

    assert str(caught.value) == "users-data cannot be reached"


async def test_what_was_not_sent_is_tried_again_whatever_the_method() -> None:
    """Nobody listens at the first look-up of the name, and somebody does at the next one."""
    async with providing() as provider:
        later = [provider.address]
        client = balanced([closed_port()], CollectorRegistry(), later=later)
        async with client:
            await client.post("/users", json={}, into=object)

    assert len(provider.received) == 1


async def test_a_connection_that_nobody_takes_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as waiting:
        address = full.getsockname()
        for _ in range(4):
            other = waiting.enter_context(socket.socket())
            other.settimeout(0)
            other.connect_ex(address)
        limits = Timeouts(connect=0.1)
        async with client_of("http://{}:{}".format(*address), timeouts=limits) as client:
            with pytest.raises(UnavailableError, match="cannot be reached"):
                await client.post("/users", into=object)


async def test_a_caller_who_is_cancelled_lets_go_of_the_connection() -> None:
    held = asyncio.Event()
    async with providing(Reply(held=held), Reply()) as provider, client_of(provider.url) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.get("/", into=object)
        held.set()
        await client.get("/", into=object)


QUICK = Retries(wait_initial=0.01, wait_max=0.02, wait_jitter=0.01)


async def test_a_slow_answer_is_given_up_and_asked_for_again() -> None:
    held = asyncio.Event()
    limits = Timeouts(read=0.1)
    async with providing(Reply(held=held), Reply(body=b"7")) as provider:
        async with client_of(provider.url, timeouts=limits) as client:
            assert await client.get("/", into=int) == 7
        held.set()


async def test_a_call_ends_in_time_however_many_attempts_are_left(waits: list[float]) -> None:
    held = asyncio.Event()
    limits, retries = Timeouts(read=0.05, total=1.0), replace(QUICK, attempts=1000)
    async with providing(Reply(held=held)) as provider:
        async with client_of(provider.url, timeouts=limits, retries=retries) as client:
            with pytest.raises(UnavailableError, match="did not answer in time"):
                await client.get("/", into=object)
        held.set()

    assert 1 <= len(waits) < retries.attempts


async def test_a_small_answer_cannot_become_a_huge_one() -> None:
    bomb = compressed(b"[" + b" " * 30_000_000 + b"]")
    async with (
        providing(bomb) as provider,
        client_of(provider.url, max_response_bytes=1000) as client,
    ):
        tracemalloc.start()
        with pytest.raises(BadGatewayError):
            await client.get("/", into=object)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert peak < 5_000_000
