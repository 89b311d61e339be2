"""Every error is a problem."""

import pytest
from httpx2 import AsyncClient

from app.features import Settings
from tests.support.notes import NOTES


async def test_an_unknown_route_is_a_problem(api: AsyncClient) -> None:
    response = await api.get("/api/v1/nothing", headers={"X-Request-ID": "abc-1"})
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["X-Request-ID"] == "abc-1"
    assert response.json()["request_id"] == "abc-1"


async def test_an_unknown_method_is_a_problem(api: AsyncClient) -> None:
    response = await api.delete(NOTES)
    assert response.status_code == 405
    assert response.json()["code"] == "method-not-allowed"


INVALID = [
    "{",
    "[]",
    "{}",
    '{"title": 1}',
    '{"title": ""}',
    '{"title": "a\\u0000"}',
    '{"title": "\\ud800"}',
    '{"title": "a", "unknown": 1}',
]


async def test_an_invalid_body_is_a_problem_that_names_the_field(
    api: AsyncClient, subtests: pytest.Subtests
) -> None:
    headers = {"content-type": "application/json"}
    for body in INVALID:
        with subtests.test(body=body):
            response = await api.post(NOTES, content=body, headers=headers)
            assert response.status_code == 422
            assert response.headers["content-type"] == "application/problem+json"
            assert response.json()["errors"][0]["field"].startswith("body")


async def test_a_body_beyond_the_limit_is_a_problem(api: AsyncClient, settings: Settings) -> None:
    response = await api.post(NOTES, json={"title": "a" * settings.max_body_bytes})
    assert response.status_code == 413
    assert response.json()["code"] == "payload-too-large"


async def test_metrics_count_requests_by_route(api: AsyncClient) -> None:
    await api.post(NOTES, json={"title": "a"})
    assert f'route="{NOTES}"' in (await api.get("/metrics")).text
