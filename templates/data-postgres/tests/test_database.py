"""A transaction ends as a whole, and its failures have names."""

from uuid import uuid4

import pytest
from httpx2 import AsyncClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.database import Database
from shared.errors import UnavailableError
from tests.support import notes


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


async def add_and_fail(database: Database) -> None:
    async with database.transaction() as session:
        session.add(notes.Note(title="a"))
        await session.flush()
        raise ZeroDivisionError


async def fail(database: Database, state: str) -> None:
    async with database.transaction() as session:
        raised = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"
        await session.execute(text(raised))
