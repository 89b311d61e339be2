"""Writes to disk in steps that a kill cannot cut in half, and keeps two runs apart."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.errors import ConflictError, DestinationRefusedError

LOCK_TIMEOUT_SECONDS = 60.0
# How the names of unfinished things begin; whoever holds the lock may remove them.
STAGING_PREFIX = "staging-"
# Through a link the process's number would be written over somebody's file.
_LOCK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


def write_atomically(path: Path, text: str, *, scratch: Path, mode: int = 0o644) -> None:
    """Replace a file as a whole: a reader sees the old text or the new one.

    Args:
        path: the file; its folder is made when missing.
        text: its new content.
        scratch: a folder on the same file system for the half-written text, which a kill leaves
            there and not beside the file.
        mode: the file's mode.

    Raises:
        DestinationRefusedError: when the place cannot be written or the disk is full.
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


def cannot_write(path: Path, error: OSError) -> DestinationRefusedError:
    """The one line for a place that the system refuses to write."""
    reason = error.strerror or type(error).__name__
    return DestinationRefusedError(
        f"{path} cannot be written: {reason}.",
        hint="Check the folder's rights and the free space; nothing was left half written.",
    )


def refuse_links(root: Path, *places: Path) -> None:
    """See that none of these places below `root` is reached over a symbolic link.

    Whoever made the workspace may have put one there, to lead what is written out of it.

    Raises:
        DestinationRefusedError: that names the link.
    """
    for place in places:
        at = root
        for part in place.relative_to(root).parts:
            at /= part
            if at.is_symlink():
                raise DestinationRefusedError(
                    f"{at} is a link to {at.readlink()}, and what is written goes nowhere else.",
                    hint="Put a real file or folder in its place.",
                )


@contextmanager
def staging_folder(parent: Path) -> Iterator[Path]:
    """A new folder inside `parent`, removed at the end if it is still there.

    Raises:
        DestinationRefusedError: when `parent` cannot be written.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=STAGING_PREFIX))
    except OSError as error:
        raise cannot_write(parent, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path) -> None:
    """Remove what killed runs left unfinished in `parent`; only for the lock's holder."""
    for left in parent.glob(f"{STAGING_PREFIX}*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


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


@contextmanager
def exclusive(lock: Path, *, on_wait: Callable[[str], None]) -> Iterator[None]:
    """Hold a lock file; the system releases it even when this process is killed.

    Args:
        lock: the file; made when missing.
        on_wait: told once, with who holds it, when there is something to wait for.

    Raises:
        ConflictError: when it is still held after LOCK_TIMEOUT_SECONDS.
        DestinationRefusedError: when the file cannot be written.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, _LOCK_FLAGS, 0o644)
    except OSError as error:
        raise cannot_write(lock, error) from error
    try:
        _acquire(handle, lock, on_wait)
        os.truncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, lock: Path, on_wait: Callable[[str], None]) -> None:
    deadline = time.monotonic() + LOCK_TIMEOUT_SECONDS
    told = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = lock.read_text(encoding="utf-8").strip() or "unknown"
            if time.monotonic() > deadline:
                raise ConflictError(
                    f"Another generator (process {holder}) is changing this workspace.",
                    hint="Wait for it to end, then run the command again.",
                ) from None
            if not told:
                on_wait(holder)
                told = True
            time.sleep(0.05)
        else:
            return
