"""Pages hold every record once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pydantic import ValidationError

from app.database import Database
from app.paging import PageQuery, decode_cursor, encode_cursor
from tests.support.notes import NOTES, Note, NoteRepository
from tests.test_records import make

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


async def pages(database: Database, limit: int, order: str) -> AsyncIterator[list[str]]:
    cursor: str | None = None
    while True:
        query = PageQuery.model_validate({"cursor": cursor, "limit": limit, "order": order})
        page = await NOTES.page(database.reader, query)
        yield [note.title for note in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return


async def test_pages_hold_every_record_once_in_order(database: Database) -> None:
    names = [f"{number:02}" for number in range(10)]
    await make(database, *names)
    oldest = [page async for page in pages(database, 4, "oldest")]
    newest = [page async for page in pages(database, 5, "newest")]
    assert oldest == [names[:4], names[4:8], names[8:]]
    assert newest == [names[:4:-1], names[4::-1]]


@pytest.mark.parametrize("order", ["oldest", "newest"])
async def test_pages_stay_stable_while_records_come_and_go(database: Database, order: str) -> None:
    names = [f"{number:02}" for number in range(9)]
    notes = {note.title: note for note in await make(database, *names)}
    seen: list[str] = []
    async for page in pages(database, 3, order):
        seen += page
        await make(database, f"new after {page[-1]}")
        if page[-1] in notes:
            async with database.transaction() as session:
                await NoteRepository(session).delete(notes.pop(page[-1]).id, 1)
    assert len(seen) == len(set(seen))
    assert set(names) <= set(seen)


async def test_records_of_one_moment_are_paged_by_their_ids(database: Database) -> None:
    async with database.transaction() as session:
        session.add_all(Note(title=str(number), created_at=NOON) for number in range(7))
    seen = [title async for page in pages(database, 2, "oldest") for title in page]
    assert sorted(seen) == [str(number) for number in range(7)]


@pytest.mark.parametrize("created_at", [NOON, NOON + timedelta(microseconds=1), LATEST])
def test_a_cursor_keeps_time_and_id_to_the_microsecond(created_at: datetime) -> None:
    record_id = UUID(int=2**128 - 1)
    assert decode_cursor(encode_cursor(created_at, record_id)) == (created_at, record_id)


@pytest.mark.parametrize("made_up", ["A" * 32, "_" * 32, "z" * 32, "f" + "_" * 31])
async def test_a_cursor_that_somebody_made_up_is_a_position_too(
    database: Database, made_up: str
) -> None:
    page = await NOTES.page(database.reader, PageQuery(cursor=made_up))
    assert page.items == []


@pytest.mark.parametrize("bad", ["", "A" * 31, "A" * 33, "=" * 32, "A" * 31 + "\n"])
def test_what_has_not_the_form_of_a_cursor_is_invalid(bad: str) -> None:
    with pytest.raises(ValidationError):
        PageQuery(cursor=bad)
