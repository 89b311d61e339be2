"""A small feature with a table of its own, to test what every feature builds on."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey, Index, MetaData
from sqlalchemy.orm import Mapped, mapped_column

from app.access import CONSUMERS, api_router
from app.base import NAMING_CONVENTION, Record
from app.database import DATABASE, Session
from app.fields import Name
from app.paging import PageQuery
from app.records import Records
from shared.pagination import Page
from shared.web import Feature

router = api_router("notes")


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


class NoteRepository(Records[Note]):
    """Reads and writes notes."""

    model = Note


class NoteBody(BaseModel):
    """A note on its way in or out."""

    model_config = ConfigDict(from_attributes=True)

    title: Name
    parent_id: UUID | None = None


@router.get("")
async def list_notes(session: Session, query: Annotated[PageQuery, Query()]) -> Page[NoteBody]:
    """List notes."""
    page = await NoteRepository(session).page(query)
    return Page[NoteBody].model_validate(page, from_attributes=True)


@router.post("")
async def create_note(session: Session, body: NoteBody) -> NoteBody:
    """Create a note."""
    return NoteBody.model_validate(await NoteRepository(session).add(Note(**body.model_dump())))


feature = Feature(name="notes", routers=(router,), resources=(DATABASE, CONSUMERS))
