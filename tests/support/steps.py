"""Stops a piece of work at each of its steps on the disk, as a kill or a full disk would."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

# Every call with which the generator changes what is on the disk.
CALLS = (
    "rename",
    "replace",
    "link",
    "symlink",
    "mkdir",
    "rmdir",
    "unlink",
    "open",
    "fchmod",
    "chmod",
)
Stop = Callable[[], None]


def die() -> None:
    """End this process as SIGKILL does: nothing is cleaned up."""
    os._exit(9)


def full_disk() -> None:
    """What the system says when nothing more fits."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def interrupt() -> None:
    """What Ctrl-C makes."""
    raise KeyboardInterrupt


@contextmanager
def stopping(at: int, stop: Stop, *, for_good: bool = False) -> Iterator[list[str]]:
    """Call `stop` before the step `at`, and before each one after it if it is for good.

    Yields:
        The steps as they are made.
    """
    made: list[str] = []

    def counted(name: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            if name != "open" or int(str(args[1])) & os.O_CREAT:
                made.append(f"{name} {args[0]}")
                if len(made) == at or (for_good and len(made) > at):
                    stop()
            return function(*args, **kwargs)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, counted(name, getattr(os, name)))
        yield made


def killed(work: Callable[[], object], at: int) -> bool:
    """Do the work in a process of its own that dies before the step `at`; whether it did."""
    child = os.fork()
    if not child:
        try:
            with stopping(at, die):
                work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 9


def steps_of(work: Callable[[], object]) -> list[str]:
    """The steps that the work makes."""
    with stopping(0, die) as made:
        work()
    return made
