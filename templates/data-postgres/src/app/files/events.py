"""What is told of files."""

from app.changes import Change, Kind
from app.files.model import File
from app.outbox.facts import Fact, TableEvents
from shared.contracts.files import FileCreated, FileDeleted, FileUpdated, file_event_id

_NAMES = (
    "owner_id",
    "name",
    "storage_key",
    "thumbnail_key",
    "content_type",
    "size",
    "status",
)


def told(file: File, change: Change) -> Fact:
    """Return the event of this change."""
    event = _event(file, change.kind)
    event_id = file_event_id(event.type, event.file_id, event.file_version)
    return Fact(event=event, event_id=event_id)


def _event(file: File, kind: Kind) -> FileCreated | FileUpdated | FileDeleted:
    if kind == Kind.REMOVED:
        event: type[FileDeleted | FileCreated | FileUpdated] = FileDeleted
    else:
        event = FileCreated if kind == Kind.ADDED else FileUpdated
    facts = {"file_id": file.id, "file_version": file.version}
    return event.model_validate(facts | {name: getattr(file, name) for name in _NAMES})


FILE_EVENTS = TableEvents(model=File, tell=told)
