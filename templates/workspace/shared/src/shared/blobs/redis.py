"""Blobs in Redis: for small ones that are soon done with, as all of them are in its memory."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from shared.blobs.errors import BlobNotFoundError
from shared.blobs.references import LINE_BYTES, checked, parsed, parts
from shared.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis.asyncio import Redis

    from shared.blobs.references import Label
    from shared.blobs.settings import Keeping
    from shared.blobs.store import Blob, Content


class RedisBlobs:
    """Keeps each blob in one key, which expires with it."""

    def __init__(self, client: Redis, keeping: Keeping) -> None:
        self._client, self._keeping = client, keeping

    async def put(self, content: Content, label: Label) -> str:
        """Keep the bytes and return their reference."""
        reference = label.named()
        kept = bytearray(label.line())
        async for part in parts(content, self._keeping.max_bytes):
            kept += part
        with _translated():
            # One command with its expiry: nobody sees half of it, and none stays for good.
            seconds = label.seconds or self._keeping.seconds
            await self._client.set(self._key(reference), bytes(kept), ex=seconds)
        return reference

    async def get(self, reference: str, *, max_bytes: int) -> Blob:
        """Return the bytes; of one that is too large not much more than allowed is read."""
        key = self._key(checked(reference))
        with _translated():
            kept = await self._client.getrange(key, 0, max_bytes + LINE_BYTES)
        # Texts come only from a client that decodes, and this one must not.
        if not kept or isinstance(kept, str):
            raise BlobNotFoundError("There is no such blob.")
        return parsed(kept, max_bytes)

    async def delete(self, reference: str) -> None:
        """Forget the bytes, if there are any."""
        with _translated():
            await self._client.delete(self._key(checked(reference)))

    async def ping(self) -> None:
        """Raise UnavailableError when Redis does not answer."""
        with _translated():
            await self._client.exists(self._key("ping"))

    def _key(self, reference: str) -> str:
        return f"{self._keeping.prefix}{reference}"


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise UnavailableError("the blob store can't be reached", retry_after=1) from error
