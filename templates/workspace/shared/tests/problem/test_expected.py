"""Every expected failure is a problem document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.problems import problem

if TYPE_CHECKING:
    import httpx2


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
    assert (await http.post("/health")).headers["allow"] == "GET"


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
