"""The API as a whole: its problems, its description, who may use which route, and its structure."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts
from httpx2 import AsyncClient

from app.application import build_application, openapi_document
from app.features import NAME, VERSION, Settings
from tests.support.environment import AS_BOT

ROOT = Path(__file__).parents[1]
COMMITTED = ROOT / "openapi.json"
EVERYBODY, EVERY_CONSUMER = "everybody", "every consumer"


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


def test_the_committed_description_is_current() -> None:
    current = COMMITTED.read_text() == openapi_document()
    assert current, "openapi.json is stale; run: python -m app openapi > openapi.json"


def test_every_operation_of_the_api_names_its_problems_and_asks_for_a_key() -> None:
    paths = json.loads(openapi_document())["paths"]
    for path, operations in paths.items():
        if path.startswith("/api/"):
            for operation in operations.values():
                assert {"401", "422", "503"} <= set(operation["responses"])
                assert operation["security"] == [{"ApiKey": []}]


def test_operations_have_readable_names_of_their_own() -> None:
    paths = json.loads(openapi_document())["paths"]
    named = [each["operationId"] for operations in paths.values() for each in operations.values()]
    assert len(named) == len(set(named))
    assert all("api_v1" not in name for name in named)


def test_the_description_has_the_services_name_and_version() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    info = json.loads(openapi_document())["info"]
    assert info == {"title": NAME, "version": VERSION}
    assert f'name = "{NAME}"' in project
    assert f'version = "{VERSION}"' in project


def routes_in_readme() -> Iterator[tuple[str, str, str]]:
    """Yield method, path and who may for each route in the table of the README."""
    for line in (ROOT / "README.md").read_text().splitlines():
        if line.startswith("| `") and len(cells := line.strip("|").split("|")) == 2:
            for method, path in re.findall(r"`([A-Z]+) (/[^`]*)`", cells[0]):
                yield method, path, cells[1].strip()


def routes_of(settings: Settings) -> set[tuple[str, str]]:
    """Return method and path of each route that the service answers on."""
    app = build_application(settings)
    found = (
        (route.methods or set(), route.path or "") for route in iter_route_contexts(app.routes)
    )
    return {
        (method, re.sub(r":\w+}", "}", path))
        for methods, path in found
        for method in methods - {"HEAD"}
    }


def test_the_readme_says_of_every_route_who_may_use_it(settings: Settings) -> None:
    named = {(method, path): who for method, path, who in routes_in_readme()}
    assert routes_of(settings) == set(named)
    assert all(named.values())


async def test_a_route_lets_in_those_whom_the_readme_names(api: AsyncClient) -> None:
    for method, path, who in routes_in_readme():
        url = path.replace("{telegram_id}", "7")
        url = re.sub("{.*?}", "00000000-0000-4000-8000-000000000000", url)
        nobody = await api.request(method, url, headers={"X-API-Key": ""})
        consumer = await api.request(method, url, headers=AS_BOT)
        if who.startswith(EVERYBODY):
            assert nobody.status_code == 200, url
        else:
            assert nobody.status_code == 401, url
            # An empty request that is let in is invalid, or asks for what is not there.
            let_in = consumer.status_code in {200, 404, 422}
            assert let_in if who.startswith(EVERY_CONSUMER) else consumer.status_code == 403, url


def test_the_import_contracts_of_pyproject_are_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": "src"}, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
