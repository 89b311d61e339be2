"""Who listens hears of every record that is written, in its transaction."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.changes import Change, Kind
from app.database import Database
from app.engine import new_engine
from app.features import Settings
from shared.errors import ConflictError
from tests.support.notes import Note, NoteRepository


@pytest.fixture
async def heard(settings: Settings) -> AsyncIterator[Database]:
    """A database that nobody else listens to."""
    engine = new_engine(settings)
    yield Database(engine)
    await engine.dispose()


@pytest.mark.usefixtures("database")
async def test_a_listener_hears_of_each_write_what_became_of_the_record(heard: Database) -> None:
    told: list[tuple[Kind, str, int]] = []

    async def listener(_: AsyncSession, change: Change) -> None:
        assert isinstance(change.record, Note)
        told.append((change.kind, change.record.title, change.record.version))

    heard.listen(listener)
    async with heard.transaction() as session:
        notes = NoteRepository(session)
        note = await notes.add(Note(title="a"))
        await notes.change(note.id, 1, title="b")
        await notes.delete(note.id, 2)
    assert told == [(Kind.ADDED, "a", 1), (Kind.CHANGED, "b", 2), (Kind.REMOVED, "b", 2)]


async def test_a_listener_that_refuses_undoes_the_change(
    heard: Database, database: Database
) -> None:
    async def refuse(_: AsyncSession, __: Change) -> None:
        raise ConflictError("no")

    heard.listen(refuse)
    with pytest.raises(ConflictError):
        async with heard.transaction() as session:
            await NoteRepository(session).add(Note(title="a"))
    async with database.transaction() as session:
        assert (await session.scalars(select(Note))).all() == []
