"""Bytes in an object store, each under a random name until it expires.

A blob is two objects, `<day>/<name>` and `<day>/<name>.json`: the bytes, and after them what is
known of them. There is no blob before the second one is written. The day is the one on which the
blob expires, so what is over is found without asking for each object.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_hex
from time import time
from typing import TYPE_CHECKING, TypeAlias

import obstore
from obstore.exceptions import BaseError
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.errors import NotFoundError, PayloadTooLargeError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Iterator, Sequence
    from pathlib import Path

    from obstore.store import ObjectStore

Content: TypeAlias = "bytes | AsyncIterable[bytes]"

DAY_SECONDS = 86400
# How many objects one sweep removes at most; what is left is for the next one.
SWEEP_LIMIT, SWEEP_BATCH = 10_000, 500
RETRY_SECONDS = 5
_CHUNK_BYTES = 1024 * 1024
# The parts of one upload: as many are in memory at a time, of 5 MiB each.
_PARTS = 2
_METADATA_BYTES = 4096
_NAME_BYTES = 16

_REFERENCE = re.compile(r"([0-9a-f]{8})-[0-9a-f]{32}")
_CONTENT_TYPE = re.compile(r"[!-.0-~]+/[ -~]{1,200}")
_DAY = re.compile(r"[0-9]{1,6}")


class BlobNotFoundError(NotFoundError):
    """Nothing is kept under this reference: it expired, was deleted or never was."""

    code, title = "blob-not-found", "Blob not found"


class BlobTooLargeError(PayloadTooLargeError):
    """The bytes are more than whoever stores or reads them allows."""

    code, title = "blob-too-large", "Blob too large"


class BlobMetadata(BaseModel):
    """What is known of a blob; `owner` is whose it is, in the words of whoever stored it."""

    model_config = ConfigDict(frozen=True)

    content_type: str
    owner: str = ""
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class RetentionPolicy:
    """How large a blob may be, and how long it is kept unless whoever stores it says otherwise."""

    max_bytes: int
    seconds: int


@dataclass(frozen=True, kw_only=True)
class Blob:
    """A blob that is being read: iterate over its chunks, once."""

    metadata: BlobMetadata
    chunks: AsyncIterator[bytes]

    async def read(self) -> bytes:
        """Return all bytes at once."""
        return b"".join([chunk async for chunk in self.chunks])


class BlobStore:
    """Keeps bytes under references that nobody can guess; any method may raise UnavailableError.

    Args:
        objects: where they are kept.
        policy: how much is kept for how long.
        folder: the same place, if it is a folder of this machine.
    """

    def __init__(
        self, objects: ObjectStore, policy: RetentionPolicy, *, folder: Path | None = None
    ) -> None:
        self._objects, self._policy, self._folder = objects, policy, folder

    async def put(
        self, content: Content, *, content_type: str, owner: str = "", seconds: int | None = None
    ) -> str:
        """Keep the bytes, all or nothing, for so many seconds; returns their reference.

        Raises BlobTooLargeError as soon as more has come than the store takes, and ValueError for
        what is no content type.
        """
        if not _CONTENT_TYPE.fullmatch(content_type):
            raise ValueError("not a content type")
        expires = int(time()) + (self._policy.seconds if seconds is None else max(1, seconds))
        reference = f"{expires:08x}-{token_hex(_NAME_BYTES)}"
        path, counted = _path(reference), _Counted(content, self._policy.max_bytes)
        with _translated():
            await obstore.put_async(self._objects, path, counted.chunks(), max_concurrency=_PARTS)
            metadata = BlobMetadata(
                content_type=content_type, owner=owner, size=counted.size, sha256=counted.sha256
            )
            described = metadata.model_dump_json().encode()
            await obstore.put_async(self._objects, f"{path}.json", described)
            if self._folder is not None:
                await asyncio.to_thread(_persist, self._folder / path)
        return reference

    async def open(self, reference: str, *, max_bytes: int) -> Blob:
        """Begin to read a blob; raises BlobNotFoundError, or BlobTooLargeError above `max_bytes`.

        Bytes that are not those that were put are an UnavailableError when the last one is read.
        """
        metadata = await self.describe(reference)
        if metadata.size > max_bytes:
            raise BlobTooLargeError(f"The blob has more than {max_bytes} bytes.")
        return Blob(metadata=metadata, chunks=self._chunks(_path(reference), metadata))

    async def describe(self, reference: str) -> BlobMetadata:
        """Return what is known of a blob; raises BlobNotFoundError."""
        path = f"{_path(reference)}.json"
        try:
            with _translated():
                found = await obstore.get_range_async(
                    self._objects, path, start=0, end=_METADATA_BYTES
                )
            return BlobMetadata.model_validate_json(bytes(found))
        except FileNotFoundError:
            raise BlobNotFoundError("There is no such blob.") from None
        except ValidationError as error:
            raise _away("what is known of the blob cannot be read") from error

    async def delete(self, reference: str) -> None:
        """Forget a blob, if there is one."""
        path = _path(reference)
        for each in (f"{path}.json", path):
            with suppress(FileNotFoundError), _translated():
                await obstore.delete_async(self._objects, each)

    async def ping(self) -> None:
        """Raise UnavailableError when nothing can be written there."""
        path = f"ping-{token_hex(_NAME_BYTES)}"
        with _translated():
            await obstore.put_async(self._objects, path, bytes(_METADATA_BYTES))
            with suppress(FileNotFoundError):
                await obstore.delete_async(self._objects, path)

    async def sweep(self) -> int:
        """Remove what expired on a day that is over, up to a limit; returns how many objects.

        Several replicas may do it at the same time: what one has removed, the others miss.
        """
        today, removed = int(time()) // DAY_SECONDS, 0
        with _translated():
            listed = await obstore.list_with_delimiter_async(self._objects)
            over = [day for day in listed["common_prefixes"] if _is_over(day, today)]
            for day in sorted(over):
                async for batch in obstore.list(self._objects, prefix=day, chunk_size=SWEEP_BATCH):
                    await self._remove([each["path"] for each in batch])
                    removed += len(batch)
                    if removed >= SWEEP_LIMIT:
                        return removed
                if self._folder is not None:
                    # The folder itself, and what a killed process had begun to write into it.
                    await asyncio.to_thread(shutil.rmtree, self._folder / day, ignore_errors=True)
        return removed

    async def _remove(self, paths: Sequence[str]) -> None:
        try:
            await obstore.delete_async(self._objects, paths)
        except FileNotFoundError:
            for path in paths:
                with suppress(FileNotFoundError):
                    await obstore.delete_async(self._objects, path)

    async def _chunks(self, path: str, metadata: BlobMetadata) -> AsyncIterator[bytes]:
        digest, size = sha256(), 0
        try:
            with _translated():
                found = await obstore.get_async(self._objects, path)
                async for chunk in found.stream(min_chunk_size=_CHUNK_BYTES):
                    digest.update(chunk)
                    size += len(chunk)
                    yield chunk
        except FileNotFoundError:
            raise BlobNotFoundError("There is no such blob.") from None
        if (size, digest.hexdigest()) != (metadata.size, metadata.sha256):
            raise _away("the blob is damaged")


class _Counted:
    """Passes chunks on while it counts and hashes them."""

    def __init__(self, content: Content, max_bytes: int) -> None:
        self._content, self._max_bytes = content, max_bytes
        self._digest = sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the bytes as they come; raises BlobTooLargeError before one too many."""
        content = _once(self._content) if isinstance(self._content, bytes) else self._content
        async for chunk in content:
            self.size += len(chunk)
            if self.size > self._max_bytes:
                raise BlobTooLargeError(f"A blob has no more than {self._max_bytes} bytes here.")
            self._digest.update(chunk)
            yield chunk


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _path(reference: str) -> str:
    """Return where a blob is; raises BlobNotFoundError when none can be: it is over, or no name."""
    found = _REFERENCE.fullmatch(reference)
    if found is None or (expires := int(found[1], 16)) <= time():
        raise BlobNotFoundError("There is no such blob.")
    return f"{expires // DAY_SECONDS}/{reference}"


def _is_over(day: str, today: int) -> bool:
    # What else is in the place is none of ours.
    return _DAY.fullmatch(day) is not None and int(day) < today


def _persist(path: Path) -> None:
    """Have the disk keep both files of a blob before anybody is told of it."""
    for each in (path, path.with_name(f"{path.name}.json"), path.parent):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _translated() -> Iterator[None]:
    """Raise UnavailableError for whatever the store answers but that something is not there."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise _away("the blob store can't be reached") from error


def _away(detail: str) -> UnavailableError:
    return UnavailableError(detail, retry_after=RETRY_SECONDS)
