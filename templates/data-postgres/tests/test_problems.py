"""Whatever goes wrong is told as problem details."""

import pytest
from httpx2 import AsyncClient

from app.features import Settings


async def test_an_unknown_route_is_a_problem(api: AsyncClient) -> None:
    response = await api.get("/api/v1/nothing", headers={"X-Request-ID": "abc-1"})
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["X-Request-ID"] == "abc-1"
    assert response.json()["request_id"] == "abc-1"


async def test_an_unknown_method_is_a_problem(api: AsyncClient) -> None:
    response = await api.delete("/api/v1/notes")
    assert response.status_code == 405
    assert response.json()["code"] == "method-not-allowed"


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "{}",
        '{"title": 1}',
        '{"title": null}',
        '{"title": ""}',
        '{"title": "a\\u0000"}',
        '{"title": "\\ud800"}',
        '{"title": "%s"}' % ("a" * 256),
    ],
)
async def test_an_invalid_body_is_a_problem_that_names_the_field(
    api: AsyncClient, body: str
) -> None:
    response = await api.post(
        "/api/v1/notes", content=body, headers={"content-type": "application/json"}
    )
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["errors"][0]["field"].startswith("body")


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "order=up", "unknown=1"])
async def test_an_invalid_query_is_a_problem_that_names_the_field(
    api: AsyncClient, query: str
) -> None:
    response = await api.get(f"/api/v1/notes?{query}")
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == f"query.{query.partition('=')[0]}"


async def test_a_body_beyond_the_limit_is_a_problem(api: AsyncClient, settings: Settings) -> None:
    title = "a" * settings.max_body_bytes
    response = await api.post("/api/v1/notes", json={"title": title})
    assert response.status_code == 413
    assert response.json()["code"] == "payload-too-large"


async def test_metrics_count_requests_by_route(api: AsyncClient) -> None:
    await api.get("/api/v1/notes")
    assert 'route="/api/v1/notes"' in (await api.get("/metrics")).text
