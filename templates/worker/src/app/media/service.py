"""The rules about processing a picture: what is done once stays done."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias
from uuid import UUID

from app.errors import RefusedError
from app.media.gateway import File, FileGateway
from app.media.pictures import PictureError, Pictures
from app.media.records import failed, made, result_of
from shared.contracts.media import MediaProcessed, MediaResult, ProcessMedia, media_event_id
from shared.errors import NotFoundError, PayloadTooLargeError


class Shelf(Protocol):
    """Where the bytes are; both methods may raise `UnavailableError`."""

    async def take(self, reference: str) -> bytes:
        """Return the bytes. Raises `NotFoundError` or `PayloadTooLargeError`."""

    async def put(self, pictures: Pictures, key: str) -> tuple[str, str]:
        """Keep thumbnail and compressed form under names of this key, and return the names."""


Process: TypeAlias = Callable[[bytes], Awaitable[Pictures]]
Tell: TypeAlias = Callable[[MediaProcessed, UUID], Awaitable[object]]


class Media:
    """Processes pictures; what it raises beside `RefusedError` may pass by waiting."""

    def __init__(self, files: FileGateway, shelf: Shelf, process: Process, tell: Tell) -> None:
        self._files, self._shelf = files, shelf
        self._process, self._tell = process, tell

    async def process(self, task: ProcessMedia, key: str) -> MediaResult:
        """Make a picture's smaller forms, record them with its file and tell of it.

        With the same key again, all of it takes effect once. Raises `RefusedError`.
        """
        try:
            file = await self._files.get(task.file_id)
        except NotFoundError as error:
            raise RefusedError("There is no such file.") from error
        done = result_of(file, key)
        if done is None:
            done = await self._made(task, file, key)
        # Whoever died before this tells it now, and by its id it is the same event.
        event = MediaProcessed(owner_id=file.owner_id, **done.model_dump())
        await self._tell(event, media_event_id(file.id, key))
        return done

    async def _made(self, task: ProcessMedia, file: File, key: str) -> MediaResult:
        try:
            pictures = await self._process(await self._shelf.take(task.blob))
        except (PictureError, NotFoundError, PayloadTooLargeError) as error:
            await self._files.record(file, failed(file, str(error), key))
            raise RefusedError(f"The picture can't be processed: {error}") from error
        keys = await self._shelf.put(pictures, key)
        await self._files.record(file, made(file, pictures, keys, key))
        thumbnail, compressed = keys
        return MediaResult(
            file_id=file.id,
            thumbnail_key=thumbnail,
            compressed_key=compressed,
            width=pictures.width,
            height=pictures.height,
        )
