"""The rules about processing a picture: what is done once stays done, and every end is recorded."""

from collections.abc import AsyncIterable, Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

from app.decoder.imaging import PictureError, Pictures
from app.errors import RefusedError
from app.media.gateway import File, FileChange, FileGateway
from app.media.storage import MediaStorage
from shared.contracts.media import (
    MediaFailed,
    MediaProcessed,
    MediaResult,
    ProcessMedia,
    media_event_id,
)
from shared.errors import NotFoundError, PayloadTooLargeError

# What is written into the metadata of a file. The task is how a repetition is recognised.
TASK, ERROR = "media.task", "media.error"
COMPRESSED, FORMAT = "media.compressed_key", "media.format"
WIDTH, HEIGHT = "media.width", "media.height"
READY, FAILED = "ready", "failed"

Process: TypeAlias = Callable[[AsyncIterable[bytes], int], Awaitable[Pictures]]
Publish: TypeAlias = Callable[[MediaProcessed | MediaFailed, UUID], Awaitable[object]]


class Media:
    """Processes pictures; what it raises beside `RefusedError` may pass by waiting."""

    def __init__(
        self, files: FileGateway, storage: MediaStorage, process: Process, publish: Publish
    ) -> None:
        self._files, self._storage = files, storage
        self._process, self._publish = process, publish

    async def process(self, task: ProcessMedia, key: str) -> MediaResult:
        """Make a picture's smaller forms, record them with its file and publish the event.

        With the same key again, all of it takes effect once. Raises `RefusedError`, and then the
        file says why, if there is one.
        """
        try:
            file = await self._files.get(task.file_id)
        except NotFoundError as error:
            raise RefusedError("There is no such file.") from error
        result = _read_result(file, key) or await self._make(task, file, key)
        # Whoever died before this publishes it now, and by its id it is the same event.
        event = MediaProcessed(owner_id=file.owner_id, **result.model_dump())
        await self._publish(event, media_event_id(event.type, file.id, key))
        return result

    async def give_up(self, task: ProcessMedia, key: str, reason: str) -> None:
        """Record and tell that the last attempt has failed, unless the picture is ready."""
        try:
            file = await self._files.get(task.file_id)
        except NotFoundError:
            return
        if file.status == READY:
            return
        if file.metadata.get(TASK) != key:
            await self._files.record(file, _failed(file, reason, key))
        await self._tell_failure(file, reason, key)

    async def _make(self, task: ProcessMedia, file: File, key: str) -> MediaResult:
        owner = str(file.owner_id)
        try:
            original = await self._storage.open(task.blob, owner=owner)
            pictures = await self._process(original.chunks, original.metadata.size)
        except (PictureError, NotFoundError, PayloadTooLargeError) as error:
            await self._files.record(file, _failed(file, str(error), key))
            await self._tell_failure(file, str(error), key)
            raise RefusedError(f"The picture can't be processed: {error}") from error
        thumbnail, compressed = await self._storage.keep(pictures, owner=owner)
        await self._files.record(file, _ready(file, pictures, (thumbnail, compressed), key))
        return MediaResult(
            file_id=file.id,
            thumbnail_key=thumbnail,
            compressed_key=compressed,
            width=pictures.width,
            height=pictures.height,
        )

    async def _tell_failure(self, file: File, reason: str, key: str) -> None:
        event = MediaFailed(file_id=file.id, owner_id=file.owner_id, reason=reason)
        await self._publish(event, media_event_id(event.type, file.id, key))


def _ready(file: File, pictures: Pictures, keys: tuple[str, str], task: str) -> FileChange:
    """Return the change that records what was made; what else the metadata say stays."""
    thumbnail, compressed = keys
    facts = {f"media.{name}": text for name, text in pictures.facts.items()}
    known = {name: value for name, value in file.metadata.items() if name != ERROR}
    size = {WIDTH: pictures.width, HEIGHT: pictures.height}
    ours = {TASK: task, COMPRESSED: compressed, FORMAT: pictures.format}
    return FileChange(
        status=READY, thumbnail_key=thumbnail, metadata={**known, **facts, **size, **ours}
    )


def _failed(file: File, reason: str, task: str) -> FileChange:
    return FileChange(status=FAILED, metadata={**file.metadata, TASK: task, ERROR: reason})


def _read_result(file: File, task: str) -> MediaResult | None:
    """Return what this task has recorded before, if it has."""
    if file.metadata.get(TASK) != task or file.status != READY or file.thumbnail_key is None:
        return None
    return MediaResult.model_validate(
        {
            "file_id": file.id,
            "thumbnail_key": file.thumbnail_key,
            "compressed_key": file.metadata.get(COMPRESSED),
            "width": file.metadata.get(WIDTH),
            "height": file.metadata.get(HEIGHT),
        }
    )
