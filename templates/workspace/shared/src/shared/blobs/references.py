"""What is said about bytes when they are stored, and the form in which both are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from shared.blobs.errors import BlobNotFoundError, BlobTooLargeError
from shared.blobs.store import Blob

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.blobs.store import Content

# One line with the type stands in front of the bytes.
LINE_BYTES = 256

_REFERENCE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
_CONTENT_TYPE = re.compile(r"[!-.0-~]+/[ -~]+")


@dataclass(frozen=True, kw_only=True)
class Label:
    """What is said about the bytes.

    Without a `reference` they get a random one that nobody can guess; without `seconds` they are
    kept as long as the store keeps things. Raises ValueError when one of them can't be.
    """

    content_type: str
    reference: str | None = None
    seconds: int | None = None

    def __post_init__(self) -> None:
        if len(self.content_type) >= LINE_BYTES or not _CONTENT_TYPE.fullmatch(self.content_type):
            raise ValueError("not a content type")
        if self.reference is not None and not _REFERENCE.fullmatch(self.reference):
            raise ValueError("a reference has up to 128 letters, digits, dots, - and _")
        if self.seconds is not None and self.seconds < 1:
            raise ValueError("a blob is kept for a second at least")

    def named(self) -> str:
        """Return the reference, or a new one."""
        return self.reference or token_urlsafe(24)

    def line(self) -> bytes:
        """Return the line that stands in front of the bytes."""
        return f"{self.content_type}\n".encode()


def checked(reference: str) -> str:
    """Return the reference; raises BlobNotFoundError when no blob can have it."""
    if not _REFERENCE.fullmatch(reference):
        raise BlobNotFoundError("There is no such blob.")
    return reference


def parsed(kept: bytes, max_bytes: int) -> Blob:
    """Return the blob of what was kept, or of its beginning; raises BlobTooLargeError."""
    line, _, content = kept.partition(b"\n")
    if len(content) > max_bytes:
        raise BlobTooLargeError(f"The blob has more than {max_bytes} bytes.")
    return Blob(content_type=line.decode(), content=content)


async def parts(content: Content, max_bytes: int) -> AsyncIterator[bytes]:
    """Yield the bytes as they come; raises BlobTooLargeError before one too many."""
    if isinstance(content, bytes):
        content = _once(content)
    size = 0
    async for part in content:
        size += len(part)
        if size > max_bytes:
            raise BlobTooLargeError(f"A blob has no more than {max_bytes} bytes here.")
        yield part


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
