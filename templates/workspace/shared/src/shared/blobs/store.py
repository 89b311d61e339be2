"""What every store of blobs can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    from shared.blobs.references import Label

Content: TypeAlias = "bytes | AsyncIterable[bytes]"


@dataclass(frozen=True, kw_only=True)
class Blob:
    """Bytes and what they are."""

    content_type: str
    content: bytes = field(repr=False)


class BlobStore(Protocol):
    """Keeps bytes under a reference until they expire; every method may raise UnavailableError."""

    async def put(self, content: Content, label: Label) -> str:
        """Keep the bytes, all or nothing, and return their reference.

        What was kept under that reference before is replaced. Raises BlobTooLargeError as soon as
        more has come than the store takes.
        """
        ...

    async def get(self, reference: str, *, max_bytes: int) -> Blob:
        """Return the bytes; raises BlobNotFoundError, or BlobTooLargeError above `max_bytes`."""
        ...

    async def delete(self, reference: str) -> None:
        """Forget the bytes, if there are any."""
        ...

    async def ping(self) -> None:
        """Raise UnavailableError when nothing can be kept."""
        ...


@dataclass(frozen=True)
class Blobs:
    """The store of this process, whatever keeps it."""

    store: BlobStore

    async def ping(self) -> None:
        """Raise UnavailableError when nothing can be kept."""
        await self.store.ping()
