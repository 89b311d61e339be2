"""Prepares files and folders aside, and puts each in place in one step."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from generator.files.refusals import cannot_write

# How the names of unfinished things begin; whoever holds the lock may remove them.
STAGING_PREFIX = "staging-"
_HELD = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def write_atomically(path: Path, text: str, *, scratch: Path, mode: int = 0o644) -> None:
    """Replace a file as a whole: a reader sees the old text or the new one.

    Args:
        path: the file; its folder is made when missing.
        text: its new content.
        scratch: a folder on the same file system for the half-written text, which a kill leaves
            there and not beside the file.
        mode: the file's mode.

    Raises:
        DestinationRefusedError: when the place may not be written.
        DiskError: when the disk is full or fails.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=scratch, prefix=STAGING_PREFIX)
        temporary = Path(name)
        try:
            with os.fdopen(
                handle, "w", encoding="utf-8", errors="surrogateescape", newline=""
            ) as stream:
                stream.write(text)
            temporary.chmod(mode)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise cannot_write(path, error) from error


@contextmanager
def staging_folder(parent: Path, prefix: str = STAGING_PREFIX) -> Iterator[Path]:
    """A new folder inside `parent` that this process holds, removed at the end if it is there.

    The system lets go of it when its holder ends, in whatever way: whose folder nobody holds is
    dead. A process's number, which comes again in every container, plays no part.

    Raises:
        DestinationRefusedError: when `parent` cannot be written.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder, handle = _make_held(parent, prefix)
    except OSError as error:
        raise cannot_write(parent, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def sweep(parent: Path) -> None:
    """Remove what killed runs left unfinished in `parent`; only for the lock's holder.

    A folder that a living process holds stays.
    """
    sweep_folders(parent, STAGING_PREFIX)
    for left in parent.glob(f"{STAGING_PREFIX}*"):
        if left.is_symlink() or not left.is_dir():
            left.unlink(missing_ok=True)


def sweep_folders(parent: Path, prefix: str) -> None:
    """Remove the staging folders in `parent` that nobody holds any more."""
    for left in parent.glob(f"{prefix}*"):
        _remove_if_dead(left)


def put_in_place(staged: Path, destination: Path) -> None:
    """Move a staged folder to its place in one step; the place must be free.

    Raises:
        DestinationRefusedError: when something is there already or it cannot be written.
    """
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        staged.rename(destination)
    except OSError as error:
        raise cannot_write(destination, error) from error


def _make_held(parent: Path, prefix: str) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
        handle = -1
        try:
            handle = os.open(folder, _HELD)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.path.samestat(os.fstat(handle), folder.lstat()):
                return folder, handle
        except FileNotFoundError:
            # Another run took it for a dead one, in the moment before we held it.
            pass
        if handle >= 0:
            os.close(handle)


def _remove_if_dead(folder: Path) -> None:
    with suppress(OSError):
        handle = os.open(folder, _HELD)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(handle)
