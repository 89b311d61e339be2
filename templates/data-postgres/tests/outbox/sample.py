"""Events of the tests' own table, and a service that publishes them."""

from typing import Any, ClassVar
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Row

from app.application import build_application
from app.database import RecordChange
from app.features import Settings
from app.outbox import DomainEvent, TableEvents, outbox_feature
from shared.messaging.contract import EventData
from shared.web import Service
from tests.support import notes
from tests.support.notes import Note


class NoteWritten(EventData):
    """A note was written, in whatever way."""

    type: ClassVar[str] = "note.written"

    kind: str
    title: str
    note_version: int


def to_event(note: Row[Any], change: RecordChange) -> DomainEvent:
    """Return the event of a change of a note."""
    event = NoteWritten(kind=change.kind, title=note.title, note_version=note.version)
    return DomainEvent(event=event, event_id=uuid5(NAMESPACE_OID, f"{note.id} {note.version}"))


NOTE_EVENTS = TableEvents(model=Note, events=(NoteWritten,), to_event=to_event)


def publishing_service(settings: Settings) -> Service:
    """Return a service of notes that publishes events of them."""
    return build_application(settings, features=(notes.feature, outbox_feature(NOTE_EVENTS)))
