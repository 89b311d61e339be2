"""A transaction ends as a whole, its failures have names, and the service outlives its database."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient, Response
from sqlalchemy import AdaptedConnection, event, select, text
from sqlalchemy.exc import DBAPIError

from app.application import build_application
from app.database import Database, new_engine
from app.features import Settings
from shared.errors import UnavailableError
from shared.testing import Proxy, client, proxy
from tests.support import notes
from tests.support.databases import moved_to, server_of
from tests.support.environment import API_KEY


async def test_an_error_in_a_transaction_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await add_and_fail(database)
    async with database.transaction() as session:
        assert (await session.scalars(select(notes.Note))).all() == []


async def test_a_commit_that_fails_is_an_error_of_the_request(api: AsyncClient) -> None:
    response = await api.post("/api/v1/notes", json={"title": "a", "parent_id": str(uuid4())})
    assert response.status_code == 409
    assert (response.json()["code"], response.json()["field"]) == ("broken-reference", "parent_id")


async def test_an_error_of_the_database_shows_no_values(database: Database) -> None:
    async with database.transaction() as session:
        with pytest.raises(DBAPIError) as raised:
            await session.execute(text("SELECT 1 / length(:value)"), {"value": ""})
        assert "hidden" in str(raised.value)


@pytest.mark.parametrize("state", ["40001", "40P01", "53300", "55P03", "57014", "57P01"])
async def test_what_passes_is_a_503(database: Database, state: str) -> None:
    with pytest.raises(UnavailableError):
        await fail(database, state)


@pytest.mark.parametrize("state", ["42P01", "22012", "XX000"])
async def test_what_is_a_bug_stays_one(database: Database, state: str) -> None:
    with pytest.raises(DBAPIError):
        await fail(database, state)


@pytest.mark.usefixtures("database")
async def test_a_read_begins_no_transaction_and_a_change_on_its_connection_does(
    settings: Settings,
) -> None:
    said: list[str] = []

    def follow(connection: AdaptedConnection, *_: object) -> None:
        connection.driver_connection.add_query_logger(
            lambda record: said.append(record.query.split()[0].rstrip(";"))
        )

    engine = new_engine(settings.model_copy(update={"database_pool_size": 1}))
    event.listen(engine.sync_engine, "connect", follow)
    followed = Database(engine)
    for _ in range(2):
        # Again, on a connection that has done both before.
        said.clear()
        await followed.reader.rows(select(notes.Note.title))
        async with followed.transaction() as session:
            await notes.NoteRepository(session).add(title=str(uuid4()))
        # The driver tells of a statement in the loop's next round.
        await asyncio.sleep(0)
    await engine.dispose()
    # It does not tell of what was prepared before, as the read and the insert were.
    assert said == ["BEGIN", "COMMIT"]


async def add_and_fail(database: Database) -> None:
    async with database.transaction() as session:
        session.add(notes.Note(title="a"))
        await session.flush()
        raise ZeroDivisionError


async def fail(database: Database, state: str) -> None:
    async with database.transaction() as session:
        raised = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"
        await session.execute(text(raised))


@pytest.fixture
async def between(settings: Settings) -> AsyncIterator[Proxy]:
    async with proxy(*server_of(settings)) as joined:
        yield joined


@pytest.fixture
async def flaky(settings: Settings, between: Proxy) -> AsyncIterator[AsyncClient]:
    """A service with one connection, little patience and a database that can go away."""
    changes: dict[str, Any] = {
        # The driver's own limit, for a server that is stuck, is far beyond the statements'.
        "database_url": moved_to(settings, between.port, connect_timeout="60"),
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
    flaky: AsyncClient, between: Proxy
) -> None:
    assert (await flaky.get("/ready")).json()["checks"] == {"Database": "ok"}
    await between.cut()
    assert_unavailable(await flaky.get("/ready"))
    response = await flaky.get("/api/v1/notes")
    assert_unavailable(response)
    assert response.headers["Retry-After"] == "1"
    assert (await flaky.get("/health")).status_code == 200
    await between.join()
    assert (await flaky.get("/api/v1/notes")).status_code == 200
    assert (await flaky.get("/ready")).status_code == 200


async def test_a_connection_that_broke_while_idle_costs_no_request(
    flaky: AsyncClient, between: Proxy
) -> None:
    assert (await flaky.get("/api/v1/notes")).status_code == 200
    await between.cut()
    await between.join()
    assert (await flaky.get("/api/v1/notes")).status_code == 200


async def test_a_statement_that_takes_too_long_is_a_503(
    flaky: AsyncClient, database: Database
) -> None:
    async with database.transaction() as session:
        await session.execute(text("LOCK TABLE notes IN ACCESS EXCLUSIVE MODE"))
        async with asyncio.timeout(30):
            assert_unavailable(await flaky.post("/api/v1/notes", json={"title": "late"}))
    async with database.transaction() as session:
        assert (await session.scalars(select(notes.Note))).all() == []


async def test_when_all_connections_are_taken_the_others_get_a_503(
    flaky: AsyncClient, database: Database
) -> None:
    async with database.transaction() as session:
        await session.execute(text("LOCK TABLE notes IN ACCESS EXCLUSIVE MODE"))
        answers = await asyncio.gather(*(flaky.get("/api/v1/notes") for _ in range(3)))
    for answer in answers:
        assert_unavailable(answer)
    assert (await flaky.get("/api/v1/notes")).status_code == 200
