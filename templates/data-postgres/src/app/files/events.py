"""The events of files."""

from typing import Any

from sqlalchemy import Row

from app.database import ChangeKind, RecordChange
from app.files.model import File
from app.outbox import DomainEvent, TableEvents, values_for
from shared.contracts.files import FileCreated, FileDeleted, FileUpdated, file_event_id


def to_event(file: Row[Any], change: RecordChange) -> DomainEvent | None:
    """Return the event of this change; none where nothing became another value."""
    event = _event(file, change)
    if event is None:
        return None
    return DomainEvent(
        event=event, event_id=file_event_id(event.type, event.file_id, event.file_version)
    )


def _event(file: Row[Any], change: RecordChange) -> FileCreated | FileUpdated | FileDeleted | None:
    names = {"file_id": file.id, "file_version": file.version}
    if change.kind == ChangeKind.ADDED:
        return FileCreated.model_validate(names | values_for(FileCreated, file))
    if change.kind == ChangeKind.REMOVED:
        return FileDeleted.model_validate(names | values_for(FileDeleted, file))
    if not change.fields:
        return None
    changed = sorted(change.fields)
    return FileUpdated.model_validate(names | values_for(FileUpdated, file) | {"changed": changed})


FILE_EVENTS = TableEvents(
    model=File, events=(FileCreated, FileUpdated, FileDeleted), to_event=to_event
)
