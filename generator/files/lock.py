"""Keeps runs apart by locks that the system releases when their holder dies."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from generator.errors import ConflictError
from generator.files.refusals import cannot_write

LOCK_TIMEOUT_SECONDS = 60.0
# Through a link the process's number would be written over somebody's file.
_LOCK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


@contextmanager
def exclusive(lock: Path, *, on_wait: Callable[[str], None]) -> Iterator[None]:
    """Hold a lock file alone; the system releases it even when this process is killed.

    Args:
        lock: the file; made when missing.
        on_wait: called once, with who holds it, when there is something to wait for.

    Raises:
        ConflictError: when it is still held after LOCK_TIMEOUT_SECONDS.
        DestinationRefusedError: when the file cannot be written.
    """
    with _held(lock, fcntl.LOCK_EX, on_wait):
        yield


@contextmanager
def shared(lock: Path, *, on_wait: Callable[[str], None]) -> Iterator[None]:
    """Hold a lock file together with others that share it, and with nobody who holds it alone.

    Takes and raises the same as `exclusive`.
    """
    with _held(lock, fcntl.LOCK_SH, on_wait):
        yield


def try_exclusive(lock: Path) -> Callable[[], None] | None:
    """Hold a lock file alone if it is free now.

    Returns:
        What releases it; None when somebody holds it.

    Raises:
        DestinationRefusedError: when the file cannot be written.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, _LOCK_FLAGS, 0o644)
    except OSError as error:
        raise cannot_write(lock, error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return lambda: os.close(handle)


class HeldError(Exception):
    """A lock that somebody holds.

    Args:
        holder: the number of the process; 0 when it did not say.
    """

    def __init__(self, holder: int) -> None:
        super().__init__(f"held by process {holder}")
        self.holder = holder


def hold_alone(lock: Path, *, seconds: float) -> int:
    """Hold a lock file alone until the last copy of the descriptor is closed.

    Args:
        lock: the file; made when missing, for its owner's eyes alone.
        seconds: how long to wait for it when its holder is dead: a copy that it gave to another
            process, its guard, may hold it for a moment longer. Who lives is not waited for.

    Returns:
        The descriptor.

    Raises:
        HeldError: somebody holds it.
        OSError: the file cannot be opened.
    """
    handle = os.open(lock, _LOCK_FLAGS, 0o600)
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = holder_of(handle)
            if (holder and is_alive(holder)) or time.monotonic() > deadline:
                os.close(handle)
                raise HeldError(holder) from error
            time.sleep(0.05)
            continue
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        return handle


def lock_holder(lock: Path) -> int | None:
    """Who holds a lock file alone: its number, 0 when it did not say; None when nobody does."""
    try:
        handle = os.open(lock, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return holder_of(handle)
    finally:
        os.close(handle)
    return None


def holder_of(handle: int) -> int:
    """The number that the last holder wrote into a lock file; 0 when it wrote none."""
    text = os.pread(handle, 20, 0)
    return int(text) if text.isdigit() else 0


def is_alive(pid: int) -> bool:
    """Whether there is a process of this number, whoever's it is."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _held(lock: Path, mode: int, on_wait: Callable[[str], None]) -> Iterator[None]:
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = _hold(lock, mode, on_wait)
    except OSError as error:
        raise cannot_write(lock, error) from error
    try:
        # For people who wait; a full disk is no reason to have no lock.
        with suppress(OSError):
            os.truncate(handle, 0)
            os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        os.close(handle)


def _hold(lock: Path, mode: int, on_wait: Callable[[str], None]) -> int:
    while True:
        handle = os.open(lock, _LOCK_FLAGS, 0o644)
        try:
            _acquire(handle, mode, on_wait)
            # A lock file that was removed meanwhile (`git clean -x`) keeps nobody out.
            if lock.exists() and os.path.samestat(os.fstat(handle), lock.lstat()):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _acquire(handle: int, mode: int, on_wait: Callable[[str], None]) -> None:
    deadline = time.monotonic() + LOCK_TIMEOUT_SECONDS
    waiting = False
    while True:
        try:
            fcntl.flock(handle, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 20, 0).decode(errors="replace").strip() or "unknown"
            if time.monotonic() > deadline:
                raise ConflictError(
                    f"Another generator (process {holder}) changes or verifies this workspace.",
                    hint="Wait for it to end, then run the command again.",
                ) from None
            if not waiting:
                on_wait(holder)
                waiting = True
            time.sleep(0.05)
        else:
            return
