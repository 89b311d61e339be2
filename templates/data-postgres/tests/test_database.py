import pytest
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
