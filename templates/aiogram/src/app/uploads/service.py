"""The rules about uploads: what is taken, and in which order, so that none is lost once confirmed.

First the bytes, then the record of them, then what waits for the result, then the person is told,
then the task. Killed anywhere in between, it is begun anew by whoever gets the update next, and
each step does what it does once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from app.uploads import texts
from app.uploads.attachments import PICTURES, content_type_of
from app.uploads.gateway import StoredBlob
from shared.contracts.media import MEDIA_PROCESS, ProcessMedia
from shared.errors import PayloadTooLargeError

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from uuid import UUID

    from app.uploads.attachments import Attachment
    from app.uploads.gateway import Chunks, File
    from shared.blobs import BlobStore
    from shared.messaging.publishing import TaskSender


class Source(Protocol):
    """Where attachments are fetched from."""

    def open(self, attachment: Attachment) -> AbstractAsyncContextManager[tuple[bytes, Chunks]]:
        """Yield the first bytes, and all of them. Raises PayloadTooLargeError."""


class Records(Protocol):
    """Where files are recorded."""

    async def record(
        self, attachment: Attachment, blob: StoredBlob, owner_id: UUID, status: str
    ) -> File:
        """Record a file, once however often."""


class NotTakenError(Exception):
    """This file is not taken; the message says why, as HTML for the person."""


@dataclass(frozen=True, kw_only=True)
class UploadLimits:
    """The most bytes of one file, and the seconds for which they are kept."""

    max_bytes: int
    kept_seconds: int


class Uploads:
    """Takes files; methods may raise `UnavailableError`, and then may be called again."""

    def __init__(
        self,
        source: Source,
        blobs: BlobStore,
        records: Records,
        tasks: TaskSender,
        limits: UploadLimits,
    ) -> None:
        self._source, self._blobs, self._records = source, blobs, records
        self._tasks, self._limits = tasks, limits

    async def keep(self, attachment: Attachment, owner_id: UUID) -> File:
        """Store what was sent, and record it. Raises `NotTakenError`."""
        if attachment.size > self._limits.max_bytes:
            raise NotTakenError(texts.too_large(attachment.name, self._limits.max_bytes))
        try:
            blob = await self._store(attachment, str(owner_id))
        except PayloadTooLargeError:
            raise NotTakenError(texts.too_large(attachment.name, self._limits.max_bytes)) from None
        status = "pending" if is_picture(blob.content_type) else "ready"
        file = await self._records.record(attachment, blob, owner_id, status)
        if file.storage_key != blob.reference:
            # It was recorded by an attempt before this one.
            await self._blobs.delete(blob.reference)
        return file

    async def process(self, file: File) -> None:
        """Have a picture processed, once."""
        payload = ProcessMedia(file_id=file.id, blob=file.storage_key)
        await self._tasks.enqueue(MEDIA_PROCESS, payload, idempotency_key=str(file.id))

    async def _store(self, attachment: Attachment, owner: str) -> StoredBlob:
        async with self._source.open(attachment) as (head, chunks):
            content_type = content_type_of(head)
            if content_type is None:
                raise NotTakenError(texts.not_taken(attachment.name))
            reference = await self._blobs.put(
                chunks, content_type=content_type, owner=owner, seconds=self._limits.kept_seconds
            )
        known = await self._blobs.describe(reference)
        return StoredBlob(
            reference=reference, content_type=content_type, size=known.size, digest=known.sha256
        )


def is_picture(content_type: str) -> bool:
    """Say whether this is something to make a thumbnail of."""
    return content_type in PICTURES
