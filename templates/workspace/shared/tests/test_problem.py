"""Whatever goes wrong is a problem document, and no more of it is told than that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from shared.log import configure_logging
from shared.problem import PROBLEM_MEDIA_TYPE
from shared.testing import client
from tests.support.applications import failing_app
from tests.support.problems import problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx2

    from shared.settings import ServiceSettings


@pytest.fixture
async def http(settings: ServiceSettings) -> AsyncIterator[httpx2.AsyncClient]:
    async with client(failing_app(settings), headers={"X-Request-ID": "id-1"}) as connected:
        yield connected


async def test_a_business_error_keeps_its_members_but_not_over_the_standard_ones(
    http: httpx2.AsyncClient,
) -> None:
    body = problem(await http.get("/api/v1/errors/missing"))

    assert (body["status"], body["code"], body["detail"]) == (404, "not-found", "no such item")
    assert body["number"] == 7


async def test_a_business_error_sends_its_headers(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/api/v1/errors/down")

    assert problem(answer)["retry_after"] == 3
    assert answer.headers["retry-after"] == "3"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("GET", "/api/v1/items/1/", 404, "not-found"),
        ("DELETE", "/api/v1/items/1", 405, "method-not-allowed"),
        ("GET", "/api/v1/errors/odd", 499, "http-499"),
    ],
)
async def test_an_error_of_the_framework_is_a_problem(
    http: httpx2.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    body = problem(await http.request(method, path))

    assert (body["status"], body["code"]) == (status, code)


async def test_an_unknown_method_is_told_every_method_of_the_path(http: httpx2.AsyncClient) -> None:
    assert (await http.delete("/api/v1/upload")).headers["allow"] == "POST, PUT"
    assert (await http.post("/health")).headers["allow"] == "GET, HEAD"


async def test_an_http_exception_keeps_its_headers(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/api/v1/errors/http")

    assert problem(answer)["detail"] == "{'a': 1}"
    assert answer.headers["x-own"] == "yes"


async def test_a_status_without_a_body_has_none(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/api/v1/errors/unmodified")

    assert (answer.status_code, answer.content) == (304, b"")


async def test_an_invalid_payload_names_each_field_and_reason_but_no_value(
    http: httpx2.AsyncClient,
) -> None:
    answer = await http.post("/api/v1/items", json={"size": "hush"})

    assert problem(answer)["errors"] == [
        {"field": "body.name", "reason": "Field required"},
        {
            "field": "body.size",
            "reason": "Input should be a valid integer, unable to parse string as an integer",
        },
    ]
    assert "hush" not in answer.text


async def test_broken_json_is_a_finding_of_the_body(http: httpx2.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await http.post("/api/v1/items", content="{", headers=headers)

    assert problem(answer)["errors"] == [{"field": "body", "reason": "JSON decode error"}]


async def chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 100):
        yield b"x" * 100


@pytest.mark.parametrize("path", ["/api/v1/items", "/api/v1/upload"])
@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_over_the_limit_is_a_problem(
    http: httpx2.AsyncClient, path: str, *, chunked: bool
) -> None:
    content = chunks(1100) if chunked else b"x" * 1100
    headers = {"Content-Type": "application/json"}

    body = problem(await http.post(path, content=content, headers=headers))

    assert (body["status"], body["code"]) == (413, "payload-too-large")


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_at_the_limit_is_read(http: httpx2.AsyncClient, *, chunked: bool) -> None:
    content = chunks(1000) if chunked else b"x" * 1000

    assert (await http.post("/api/v1/upload", content=content)).json() == "1000"


def test_openapi_describes_problems_and_nothing_else_for_errors(settings: ServiceSettings) -> None:
    document = failing_app(settings).openapi()

    responses = document["paths"]["/api/v1/items"]["post"]["responses"]
    assert set(responses) == {"200", "409", "4XX", "5XX"}
    for status in ("409", "4XX", "5XX"):
        reference = {"$ref": "#/components/schemas/Problem"}
        assert responses[status]["content"] == {PROBLEM_MEDIA_TYPE: {"schema": reference}}
    assert set(document["components"]["schemas"]) == {"Alive", "Item", "Problem", "Ready"}


async def test_an_unexpected_error_tells_nothing_and_is_logged_once_without_locals(
    settings: ServiceSettings, capsys: pytest.CaptureFixture[str], http: httpx2.AsyncClient
) -> None:
    configure_logging(settings)

    answer = await http.get("/api/v1/errors/terces")

    assert problem(answer)["code"] == "internal-error"
    assert "secret" not in answer.text
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (logged,) = [line for line in lines if "exception.type" in line]
    assert logged["request_id"] == "id-1"
    assert (logged["exception.type"], logged["exception.message"]) == ("RuntimeError", "secret4")
    assert "in fail" in logged["exception.stacktrace"]
    assert "hush" not in json.dumps(lines)


async def test_an_error_in_the_middle_of_a_response_reaches_the_server(
    http: httpx2.AsyncClient,
) -> None:
    with pytest.raises(RuntimeError, match="the source is gone"):
        await http.get("/api/v1/broken-stream")
