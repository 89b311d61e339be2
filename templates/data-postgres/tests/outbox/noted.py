"""Events of the tests' own table, and a service that tells them."""

from typing import ClassVar
from uuid import NAMESPACE_OID, uuid5

from app.application import build_application
from app.changes import Change
from app.features import Settings
from app.outbox import feature_of
from app.outbox.facts import Fact, TableEvents
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


def told(note: Note, change: Change) -> Fact:
    """Return the event of a change of a note."""
    event = NoteWritten(kind=change.kind, title=note.title, note_version=note.version)
    return Fact(event=event, event_id=uuid5(NAMESPACE_OID, f"{note.id} {note.version}"))


NOTE_EVENTS = TableEvents(model=Note, tell=told)


def telling(settings: Settings) -> Service:
    """Return a service of notes that tells of them."""
    return build_application(settings, features=(notes.feature, feature_of(NOTE_EVENTS)))
