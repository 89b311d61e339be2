"""Records are written one by one or many at once, guarded by their versions, and followed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import ChangeKind, Database, RecordChange, new_engine
from app.errors import AlreadyTakenError, BrokenReferenceError, StaleVersionError
from app.features import Settings
from shared.errors import ConflictError, NotFoundError, ServiceError
from tests.support.notes import Note, NoteRepository


async def added(database: Database, title: str, parent: UUID | None = None) -> Row[Any]:
    async with database.transaction() as session:
        return await NoteRepository(session).add(title=title, parent_id=parent)


async def renamed(database: Database, note: Row[Any], title: str) -> Row[Any]:
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
    assert sum(isinstance(outcome, Row) for outcome in outcomes) == 1
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


async def make(database: Database, *names: str) -> list[Row[Any]]:
    async with database.transaction() as session:
        return await NoteRepository(session).add_all([{"title": name} for name in names])


async def change(database: Database, *patches: dict[str, Any]) -> list[Row[Any]]:
    async with database.transaction() as session:
        return await NoteRepository(session).change_all(patches)


def patch(note: Row[Any], title: str) -> dict[str, Any]:
    return {"id": note.id, "version": note.version, "title": title}


async def test_items_are_written_and_returned_in_the_order_sent(database: Database) -> None:
    notes = await make(database, "c", "a", "b")
    assert [note.title for note in notes] == ["c", "a", "b"]
    assert await titles(database) == ["c", "a", "b"]
    changed = await change(database, *(patch(note, note.title * 2) for note in notes))
    assert [(note.title, note.version) for note in changed] == [("cc", 2), ("aa", 2), ("bb", 2)]


async def test_one_refused_item_undoes_all_and_is_named_by_its_index(database: Database) -> None:
    with pytest.raises(AlreadyTakenError) as refused:
        await make(database, "a", "b", "a")
    assert refused.value.extensions == {"field": "title", "index": 2}
    assert await titles(database) == []


@pytest.mark.parametrize(
    ("spoilt", "error"),
    [({"id": UUID(int=7)}, NotFoundError), ({"version": 7}, StaleVersionError)],
)
async def test_one_refused_change_undoes_all_and_is_named_by_its_index(
    database: Database, spoilt: dict[str, Any], error: type[ServiceError]
) -> None:
    first, second = await make(database, "a", "b")
    with pytest.raises(error) as refused:
        await change(database, patch(first, "c"), patch(second, "d") | spoilt)
    assert refused.value.extensions["index"] == 1
    assert await titles(database) == ["a", "b"]


async def test_a_record_that_is_named_twice_is_stale_the_second_time(database: Database) -> None:
    [note] = await make(database, "a")
    with pytest.raises(StaleVersionError) as refused:
        await change(database, patch(note, "b"), patch(note, "c"))
    assert refused.value.extensions == {"current_version": 2, "index": 1}


async def test_changes_in_opposite_orders_do_not_deadlock(database: Database) -> None:
    notes = await make(database, *(f"a{number}" for number in range(20)))
    there = [patch(note, f"b{note.title}") for note in notes]
    back = [patch(note, f"c{note.title}") for note in reversed(notes)]
    outcomes = await asyncio.gather(
        change(database, *there), change(database, *back), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["StaleVersionError", "list"]


@pytest.fixture
async def followed(settings: Settings) -> AsyncIterator[Database]:
    """A database that nobody else listens to."""
    engine = new_engine(settings)
    yield Database(engine)
    await engine.dispose()


@pytest.mark.usefixtures("database")
async def test_a_listener_gets_each_change_and_what_became_another_value(
    followed: Database,
) -> None:
    changes: list[tuple[ChangeKind, str, int, set[str]]] = []

    async def listener(_: AsyncSession, change: RecordChange) -> None:
        assert change.model is Note
        kept = (change.kind, change.row.title, change.row.version, set(change.fields))
        changes.append(kept)

    followed.listen(listener)
    async with followed.transaction() as session:
        notes = NoteRepository(session)
        note = await notes.add(title="a")
        await notes.change(note.id, 1, title="b", parent_id=None)
        await notes.change(note.id, 2, title="b")
        await notes.delete(note.id, 3)
    assert changes == [
        (ChangeKind.ADDED, "a", 1, set()),
        (ChangeKind.CHANGED, "b", 2, {"title"}),
        (ChangeKind.CHANGED, "b", 3, set()),
        (ChangeKind.REMOVED, "b", 3, set()),
    ]


async def test_a_listener_that_refuses_undoes_the_change(
    followed: Database, database: Database
) -> None:
    async def refuse(_: AsyncSession, __: RecordChange) -> None:
        raise ConflictError("no")

    followed.listen(refuse)
    with pytest.raises(ConflictError):
        await added(followed, "a")
    assert await titles(database) == []
