"""A small feature with a table of its own, to test what every feature builds on."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, status
from pydantic import BaseModel
from sqlalchemy import ForeignKey, Index, MetaData
from sqlalchemy.orm import Mapped, mapped_column

from app.access import CONSUMERS
from app.api import Reader, Session, api_router
from app.base import NAMING_CONVENTION, Record
from app.database import DATABASE
from app.paging import PageQuery
from app.records import Repository, View
from app.schemas import Bulk, Written
from shared.fields import Name, Page, Version
from shared.web import Feature, SetLocation


class Note(Record):
    """A row that no migration knows: its tables are made for the tests."""

    __tablename__ = "notes"
    metadata = MetaData(naming_convention=NAMING_CONVENTION)

    title: Mapped[str]
    # Checked by the commit only, so that tests can see what a failing commit does.
    parent_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("notes.id", deferrable=True, initially="DEFERRED")
    )
    __table_args__ = (Index("uq_notes_title", "title", unique=True),)


class NoteBody(BaseModel):
    """A note on its way in."""

    title: Name
    parent_id: UUID | None = None


class NotePatch(BaseModel):
    """Another title for a note."""

    version: Version
    title: Name


class NoteRead(NoteBody):
    """A note on its way out."""

    id: UUID
    version: int


class NoteRepository(Repository[Note]):
    """Changes notes."""

    model = Note


NOTES = View(Note, NoteRead)
router = api_router("notes", NOTES)


@router.get("")
async def list_notes(reader: Reader, query: Annotated[PageQuery, Query()]) -> Page[NoteRead]:
    """List notes."""
    return await NOTES.page(reader, query)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_note(set_location: SetLocation, session: Session, body: NoteBody) -> NoteRead:
    """Create a note."""
    note = await NoteRepository(session).add(**body.model_dump())
    set_location(note.id)
    return NOTES.show(note)


@router.post("/bulk", status_code=status.HTTP_201_CREATED)
async def create_notes(session: Session, body: Bulk[NoteBody]) -> Written[NoteRead]:
    """Create notes."""
    notes = await NoteRepository(session).add_all([each.model_dump() for each in body.items])
    return Written(items=[NOTES.show(note) for note in notes])


@router.patch("/{note_id:uuid}")
async def update_note(session: Session, note_id: UUID, body: NotePatch) -> NoteRead:
    """Change a note."""
    note = await NoteRepository(session).change(note_id, body.version, title=body.title)
    return NOTES.show(note)


@router.delete("/{note_id:uuid}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_note(session: Session, note_id: UUID, version: int) -> None:
    """Remove a note."""
    await NoteRepository(session).delete(note_id, version)


feature = Feature(name="notes", routers=(router,), resources=(DATABASE, CONSUMERS))
