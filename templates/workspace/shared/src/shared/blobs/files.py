"""Files that expire: their time of change is when they do."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, BinaryIO

from shared.blobs.errors import BlobNotFoundError
from shared.blobs.references import LINE_BYTES, parsed
from shared.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.blobs.store import Blob

UNFINISHED = ".part"
# Who writes for longer than this isn't there any more.
_UNFINISHED_SECONDS = 60 * 60


def sweep(folder: Path) -> None:
    """Remove what has expired, and what nobody finished writing."""
    now = time()
    for entry in os.scandir(folder):
        with suppress(FileNotFoundError):
            unfinished = entry.name.endswith(UNFINISHED)
            until = entry.stat().st_mtime + (_UNFINISHED_SECONDS if unfinished else 0)
            if entry.is_file() and until < now:
                Path(entry.path).unlink()


def finish(file: BinaryIO, until: float) -> None:
    """Have the disk keep the file until then."""
    file.flush()
    os.utime(file.fileno(), (until, until))
    os.fsync(file.fileno())


def forget(path: Path) -> None:
    """Remove a file, if that is possible."""
    with suppress(OSError):
        path.unlink()


def read(path: Path, max_bytes: int) -> Blob:
    """Return the blob of a file; raises BlobNotFoundError or BlobTooLargeError."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mtime > time():
                return parsed(file.read(max_bytes + LINE_BYTES), max_bytes)
    except FileNotFoundError:
        pass
    raise BlobNotFoundError("There is no such blob.")


@contextmanager
def translated() -> Iterator[None]:
    """Raise UnavailableError for what the file system refuses."""
    try:
        yield
    except OSError as error:
        raise UnavailableError("the blob store can't be reached", retry_after=1) from error
