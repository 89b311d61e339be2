"""The service outlives its database."""

import asyncio
from collections.abc import AsyncIterator
from time import perf_counter
from typing import Any

import pytest
from httpx2 import AsyncClient, Response
from pydantic import SecretStr
from sqlalchemy import make_url, select, text

from app.application import build_application
from app.database import Database
from app.features import Settings
from shared.testing import Proxy, client, proxy
from tests.support import notes
from tests.support.environment import API_KEY


@pytest.fixture
async def between(settings: Settings) -> AsyncIterator[Proxy]:
    url = settings.sqlalchemy_url
    async with proxy(url.host or "", url.port or 5432) as joined:
        yield joined


@pytest.fixture
async def frail(settings: Settings, between: Proxy) -> AsyncIterator[AsyncClient]:
    """A service with one connection, little patience and a database that can go away."""
    url = make_url(settings.database_url.get_secret_value())
    url = url.set(host="127.0.0.1", port=between.port)
    changes: dict[str, Any] = {
        "database_url": SecretStr(url.render_as_string(hide_password=False)),
        "database_pool_size": 1,
        "database_pool_overflow": 0,
        "database_pool_timeout_seconds": 0.1,
        "database_statement_timeout_ms": 200,
    }
    app = build_application(settings.model_copy(update=changes), features=(notes.feature,))
    async with client(app, headers={"X-API-Key": API_KEY}) as connected:
        yield connected


def assert_unavailable(response: Response) -> None:
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "unavailable"


async def test_without_the_database_not_ready_and_503_and_back_again(
    frail: AsyncClient, between: Proxy
) -> None:
    assert (await frail.get("/ready")).json()["checks"] == {"Database": "ok"}
    await between.cut()
    assert_unavailable(await frail.get("/ready"))
    response = await frail.get("/api/v1/notes")
    assert_unavailable(response)
    assert response.headers["Retry-After"] == "1"
    assert (await frail.get("/health")).status_code == 200
    await between.join()
    assert (await frail.get("/api/v1/notes")).status_code == 200
    assert (await frail.get("/ready")).status_code == 200


async def test_a_connection_that_broke_while_idle_costs_no_request(
    frail: AsyncClient, between: Proxy
) -> None:
    assert (await frail.get("/api/v1/notes")).status_code == 200
    await between.cut()
    await between.join()
    assert (await frail.get("/api/v1/notes")).status_code == 200


async def test_a_statement_that_takes_too_long_is_a_503(
    frail: AsyncClient, database: Database
) -> None:
    async with database.transaction() as session:
        await session.execute(text("LOCK TABLE notes IN ACCESS EXCLUSIVE MODE"))
        started = perf_counter()
        assert_unavailable(await frail.post("/api/v1/notes", json={"title": "late"}))
    # Well before the driver's own limit, which is there for a server that is stuck.
    assert perf_counter() - started < 4
    async with database.transaction() as session:
        assert (await session.scalars(select(notes.Note))).all() == []


async def test_when_all_connections_are_taken_the_others_get_a_503(
    frail: AsyncClient, database: Database
) -> None:
    async with database.transaction() as session:
        await session.execute(text("LOCK TABLE notes IN ACCESS EXCLUSIVE MODE"))
        answers = await asyncio.gather(*(frail.get("/api/v1/notes") for _ in range(3)))
    for answer in answers:
        assert_unavailable(answer)
    assert (await frail.get("/api/v1/notes")).status_code == 200
