"""Many records are written together or not at all."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from app.bulk import add_all, change_all
from app.database import Database
from app.errors import AlreadyTakenError, StaleVersionError
from shared.errors import NotFoundError, ServiceError
from tests.support.notes import Note, NoteRepository
from tests.test_records import titles


async def make(database: Database, *names: str) -> list[Note]:
    async with database.transaction() as session:
        return await add_all(NoteRepository(session), [Note(title=name) for name in names])


async def change(database: Database, *patches: dict[str, Any]) -> list[Note]:
    async with database.transaction() as session:
        return await change_all(NoteRepository(session), patches)


def patch(note: Note, title: str) -> dict[str, Any]:
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


async def test_changes_in_opposite_orders_do_not_deadlock(database: Database) -> None:
    notes = await make(database, *(f"a{number}" for number in range(20)))
    there = [patch(note, f"b{note.title}") for note in notes]
    back = [patch(note, f"c{note.title}") for note in reversed(notes)]
    outcomes = await asyncio.gather(
        change(database, *there), change(database, *back), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["StaleVersionError", "list"]
