"""Blobs as files of a directory, which the services that use them share."""

from __future__ import annotations

import asyncio
import os
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile, mkstemp
from time import time
from typing import TYPE_CHECKING, BinaryIO

from shared.blobs.errors import BlobNotFoundError
from shared.blobs.references import LINE_BYTES, checked, parsed, parts
from shared.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.blobs.references import Label
    from shared.blobs.settings import Keeping
    from shared.blobs.store import Blob, Content

_UNFINISHED = ".part"
# Who writes for longer than this isn't there any more.
_UNFINISHED_SECONDS = 60 * 60


class DirectoryBlobs:
    """Keeps each blob in a file whose time of change is when it expires."""

    def __init__(self, folder: Path, keeping: Keeping) -> None:
        self._folder, self._keeping = folder, keeping

    async def put(self, content: Content, label: Label) -> str:
        """Keep the bytes and return their reference: a file appears when it is whole."""
        reference = label.named()
        until = time() + (label.seconds or self._keeping.seconds)
        path = self._path(reference)
        with _translated():
            descriptor, name = await asyncio.to_thread(self._begun)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(label.line())
                async for part in parts(content, self._keeping.max_bytes):
                    with _translated():
                        await asyncio.to_thread(file.write, part)
                with _translated():
                    await asyncio.to_thread(_finish, file, until)
            with _translated():
                await asyncio.to_thread(Path(name).replace, path)
        except BaseException:
            _forget(Path(name))
            raise
        return reference

    async def get(self, reference: str, *, max_bytes: int) -> Blob:
        """Return the bytes; of one that is too large not much more than allowed is read."""
        path = self._path(checked(reference))
        with _translated():
            return await asyncio.to_thread(_read, path, max_bytes)

    async def delete(self, reference: str) -> None:
        """Forget the bytes, if there are any."""
        path = self._path(checked(reference))
        with _translated():
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def ping(self) -> None:
        """Raise UnavailableError when nothing can be written there."""
        with _translated():
            await asyncio.to_thread(lambda: TemporaryFile(dir=self._folder).close())

    async def sweep(self) -> None:
        """Remove what has expired, and what nobody finished writing."""
        with _translated():
            await asyncio.to_thread(self._sweep)

    def _path(self, reference: str) -> Path:
        # No name that somebody gave becomes a part of a path.
        return self._folder / sha256(f"{self._keeping.prefix}{reference}".encode()).hexdigest()

    def _begun(self) -> tuple[int, str]:
        return mkstemp(suffix=_UNFINISHED, dir=self._folder)

    def _sweep(self) -> None:
        now = time()
        for entry in os.scandir(self._folder):
            with suppress(FileNotFoundError):
                unfinished = entry.name.endswith(_UNFINISHED)
                until = entry.stat().st_mtime + (_UNFINISHED_SECONDS if unfinished else 0)
                if entry.is_file() and until < now:
                    Path(entry.path).unlink()


def _finish(file: BinaryIO, until: float) -> None:
    file.flush()
    os.utime(file.fileno(), (until, until))
    os.fsync(file.fileno())


def _forget(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _read(path: Path, max_bytes: int) -> Blob:
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mtime > time():
                return parsed(file.read(max_bytes + LINE_BYTES), max_bytes)
    except FileNotFoundError:
        pass
    raise BlobNotFoundError("There is no such blob.")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnavailableError("the blob store can't be reached", retry_after=1) from error
