"""A record is read, written and guarded by its version."""

import asyncio
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.database import Database
from app.errors import AlreadyTakenError, BrokenReferenceError, StaleVersionError
from shared.errors import NotFoundError
from tests.support.notes import Note, NoteRepository


async def added(database: Database, title: str, parent: UUID | None = None) -> Note:
    async with database.transaction() as session:
        return await NoteRepository(session).add(Note(title=title, parent_id=parent))


async def renamed(database: Database, note: Note, title: str) -> Note:
    async with database.transaction() as session:
        return await NoteRepository(session).change(note.id, note.version, title=title)


async def deleted(database: Database, note_id: UUID, version: int) -> None:
    async with database.transaction() as session:
        await NoteRepository(session).delete(note_id, version)


async def titles(database: Database) -> list[str]:
    async with database.transaction() as session:
        return list(await session.scalars(select(Note.title).order_by(Note.created_at)))


async def test_a_record_gets_an_id_two_times_and_version_one(database: Database) -> None:
    note = await added(database, "a")
    assert isinstance(note.id, UUID)
    assert note.version == 1
    assert note.updated_at >= note.created_at
    assert note.created_at.tzinfo is not None


async def test_a_change_moves_the_version_and_the_time(database: Database) -> None:
    note = await added(database, "a")
    changed = await renamed(database, note, "b")
    assert (changed.title, changed.version) == ("b", 2)
    assert changed.updated_at > note.updated_at
    assert changed.created_at == note.created_at


async def test_a_stale_version_is_refused_and_names_the_current_one(database: Database) -> None:
    note = await added(database, "a")
    await renamed(database, note, "b")
    with pytest.raises(StaleVersionError) as refused:
        await renamed(database, note, "c")
    assert refused.value.extensions == {"current_version": 2}
    with pytest.raises(StaleVersionError):
        await deleted(database, note.id, 1)
    assert await titles(database) == ["b"]


async def test_of_many_concurrent_changes_of_one_version_one_wins(database: Database) -> None:
    note = await added(database, "a")
    tries = (renamed(database, note, f"b{number}") for number in range(8))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(outcome, Note) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, StaleVersionError) for outcome in outcomes) == 7


async def test_a_deleted_record_is_gone(database: Database) -> None:
    note = await added(database, "a")
    await deleted(database, note.id, 1)
    with pytest.raises(NotFoundError):
        await deleted(database, note.id, 1)
    with pytest.raises(NotFoundError):
        await renamed(database, note, "b")


async def test_a_taken_value_is_refused_by_the_name_of_its_field(database: Database) -> None:
    await added(database, "a")
    with pytest.raises(AlreadyTakenError) as refused:
        await added(database, "a")
    assert refused.value.extensions == {"field": "title"}


async def test_a_pointer_to_nothing_is_refused_by_the_name_of_its_field(
    database: Database,
) -> None:
    with pytest.raises(BrokenReferenceError) as refused:
        await added(database, "a", parent=uuid4())
    assert refused.value.extensions == {"field": "parent_id"}
