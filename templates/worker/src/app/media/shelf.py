"""The bytes in the blob store."""

from app.media.pictures import Encoded, Pictures
from app.media.settings import MediaSettings
from shared.blobs import BlobStore, Label


class BlobShelf:
    """Takes originals from the store, and puts what is made of them beside."""

    def __init__(self, store: BlobStore, settings: MediaSettings) -> None:
        self._store, self._settings = store, settings

    async def take(self, reference: str) -> bytes:
        """Return the bytes of an original."""
        most = self._settings.blob_max_bytes
        return (await self._store.get(reference, max_bytes=most)).content

    async def put(self, pictures: Pictures, key: str) -> tuple[str, str]:
        """Keep both forms: made again, they take the place of the same ones."""
        thumbnail = await self._put(pictures.thumbnail, f"{key}.thumbnail")
        return thumbnail, await self._put(pictures.compressed, f"{key}.compressed")

    async def _put(self, made: Encoded, reference: str) -> str:
        label = Label(
            content_type=made.content_type,
            reference=reference,
            seconds=self._settings.media_kept_seconds,
        )
        return await self._store.put(made.content, label)
