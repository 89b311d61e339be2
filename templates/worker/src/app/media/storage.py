"""The bytes of originals and of what is made of them, in the blob store."""

from app.decoder.imaging import Encoded, Pictures
from shared.blobs import Blob, BlobNotFoundError, BlobStore


class MediaStorage:
    """Gives out originals to their owners' files, and keeps what is made of them.

    Both methods may raise `UnavailableError`.
    """

    def __init__(self, blobs: BlobStore, *, max_bytes: int, kept_seconds: int) -> None:
        self._blobs, self._max_bytes, self._kept_seconds = blobs, max_bytes, kept_seconds

    async def open(self, reference: str, *, owner: str) -> Blob:
        """Begin to read an original. Raises `NotFoundError` or `PayloadTooLargeError`.

        What was stored for somebody else is not found.
        """
        blob = await self._blobs.open(reference, max_bytes=self._max_bytes)
        if blob.metadata.owner not in {"", owner}:
            raise BlobNotFoundError("There is no such blob.")
        return blob

    async def keep(self, pictures: Pictures, *, owner: str) -> tuple[str, str]:
        """Keep thumbnail and compressed form, and return their references.

        Made again after a lost attempt, they have new ones; those before expire.
        """
        thumbnail = await self._keep(pictures.thumbnail, owner)
        return thumbnail, await self._keep(pictures.compressed, owner)

    async def _keep(self, form: Encoded, owner: str) -> str:
        return await self._blobs.put(
            form.content, content_type=form.content_type, owner=owner, seconds=self._kept_seconds
        )
