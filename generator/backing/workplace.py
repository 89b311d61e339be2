"""The folder of an own instance: made short, owned by its user, and gone with its keeper."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from generator.backing.ladder import UnsuitableError
from generator.backing.undo import Undo
from generator.processes import Account, Guard

_REMOVE_SECONDS = 10.0
_OPEN_TO_ALL = Path("/", "tmp")


class Workplace:
    """A private folder that is removed when `undo` closes, or when the keeper dies.

    Args:
        environment: the caller's; `TMPDIR` says where the folder is made.
        account: who owns the folder; None for the caller.
        undo: who removes it.

    Raises:
        UnsuitableError: the folder cannot be made.
    """

    def __init__(
        self, environment: Mapping[str, str], *, account: Account | None, undo: Undo
    ) -> None:
        self._account = account
        with undo.making() as stack:
            self.folder = _make_folder(_parent(environment, account), account)
            stack.callback(_remove, self.folder, undo)
            self._guard = Guard(self.folder, remove=True)
            # Callbacks run last in, first out: the processes have been ended by then.
            stack.callback(self._guard.close)
        self._entrusted: tuple[int, ...] = ()

    def write(self, name: str, text: str) -> Path:
        """Write a file that only the owner of the folder can read; raises `OSError`."""
        path = self.folder / name
        # Made by us or not at all: others who run as that account could have put a link there.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            if self._account:
                os.fchown(descriptor, self._account.uid, self._account.gid)
        return path

    def entrust(self, *pids: int | None) -> None:
        """Name the processes that must not outlive the keeper, instead of those named before."""
        for pid in self._entrusted:
            self._guard.forget(pid)
        self._entrusted = tuple(pid for pid in pids if pid)
        for pid in self._entrusted:
            self._guard.watch(pid, signal.SIGQUIT)


def _parent(environment: Mapping[str, str], account: Account | None) -> Path:
    """`TMPDIR`, unless another user has to work below it and cannot get there."""
    parent = Path(environment.get("TMPDIR") or tempfile.gettempdir()).absolute()
    if account and not all(is_open_to_all(folder) for folder in (parent, *parent.parents)):
        return _OPEN_TO_ALL
    return parent


def _make_folder(parent: Path, account: Account | None) -> Path:
    try:
        # Short, because some servers put a socket in it, and a socket's path has 107 bytes.
        folder = Path(tempfile.mkdtemp(prefix="bk-", dir=parent))
    except OSError as error:
        reason = f"no folder can be made in {parent}: {error.strerror}"
        raise UnsuitableError(reason) from error
    if account:
        os.chown(folder, account.uid, account.gid)
    return folder


def is_open_to_all(folder: Path) -> bool:
    """Whether everybody may walk through; a missing one is complained about when it is used."""
    return not folder.exists() or bool(folder.stat().st_mode & 0o001)


def _remove(folder: Path, undo: Undo) -> None:
    """Remove the folder, also while the last children of a crashed server still write to it."""
    deadline = time.monotonic() + _REMOVE_SECONDS
    while folder.exists() and time.monotonic() < deadline:
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():
            time.sleep(0.05)
    if folder.exists():
        undo.left_behind.append(str(folder))
