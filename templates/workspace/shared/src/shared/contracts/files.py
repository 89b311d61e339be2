"""What is told about files by the service that keeps their records."""

from typing import ClassVar
from uuid import UUID, uuid5

from shared.messaging.contract import EventData

_NAMESPACE = UUID("0d9f4c52-2f6e-4c0a-8a86-1b7d3e9a4f10")


class FileFacts(EventData):
    """A file's record as it is after a change; `file_version` grows with each change of it.

    `status` is "pending", "processing", "ready" or "failed"; others may be added.
    """

    file_id: UUID
    file_version: int
    owner_id: UUID
    name: str
    storage_key: str
    thumbnail_key: str | None
    content_type: str
    size: int
    status: str


class FileCreated(FileFacts):
    """A file was recorded."""

    type: ClassVar[str] = "file.created"


class FileUpdated(FileFacts):
    """A file's record was changed; `changed` names the fields that have other values now."""

    type: ClassVar[str] = "file.updated"

    changed: tuple[str, ...] = ()


class FileDeleted(EventData):
    """A file's record is gone; the stored bytes may be removed."""

    type: ClassVar[str] = "file.deleted"

    file_id: UUID
    file_version: int
    owner_id: UUID
    storage_key: str
    thumbnail_key: str | None


def file_event_id(kind: str, file_id: UUID, version: int) -> UUID:
    """Return the id of the event of this type about this version of a file, always the same."""
    return uuid5(_NAMESPACE, f"{kind}:{file_id}:{version}")
