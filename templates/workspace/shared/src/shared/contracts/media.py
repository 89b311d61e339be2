"""What is asked of whoever processes pictures, and what they tell when one is ready."""

from typing import ClassVar
from uuid import UUID, uuid5

from pydantic import BaseModel, Field

from shared.messaging.contract import EventData, Task, TaskLimits, TaskPayload

_NAMESPACE = UUID("b3d2f5a0-8f5e-4d6c-9a53-2f1c7e0d9b44")


class ProcessMedia(TaskPayload):
    """Process the picture of this file; its bytes are in the blob store under `blob`."""

    file_id: UUID
    blob: str = Field(min_length=1, max_length=128)


class MediaResult(BaseModel):
    """What became of a picture; both keys are references in the blob store, sizes are in pixels."""

    file_id: UUID
    thumbnail_key: str
    compressed_key: str
    width: int
    height: int


class MediaProcessed(EventData):
    """A picture has a thumbnail and a compressed form."""

    type: ClassVar[str] = "media.processed"

    file_id: UUID
    owner_id: UUID
    thumbnail_key: str
    compressed_key: str
    width: int
    height: int


class MediaFailed(EventData):
    """A picture will have no other form, whatever is tried; `reason` is for people."""

    type: ClassVar[str] = "media.failed"

    file_id: UUID
    owner_id: UUID
    reason: str


MEDIA_PROCESS = Task(
    name="media.process", queue="media", payload=ProcessMedia, limits=TaskLimits(seconds=30)
)


def media_event_id(kind: str, file_id: UUID, key: str) -> UUID:
    """Return the id of the event of this type about a file and the task of this key.

    It is always the same, so what is told twice takes effect once.
    """
    return uuid5(_NAMESPACE, f"{kind}:{file_id}:{key}")
