"""The folder of an own server: short and gone with its supervisor, or kept with its data."""

import fcntl
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from generator.backing.cleanup import Cleanup
from generator.backing.naming import Naming, new_password
from generator.backing.providers import Request, UnsuitableError
from generator.files import HeldError, hold_alone
from generator.processes import Account, Guard

# Short, because some servers put a socket in it, and a socket's path has 107 bytes.
PREFIX = "bk-"
_LOCK = "lock"
_RECORD = "record.json"
_REMOVE_SECONDS = 10.0
# The guard of a run that was killed still ends its server.
_LOCK_SECONDS = 15.0
_OPEN_TO_ALL = Path("/", "tmp")


class InstanceDirectory:
    """A private folder, removed when `cleanup` closes or the supervisor dies, unless it stays.

    Its lock is held while the server or its guard lives.

    Args:
        request: names the folder that stays; else `TMPDIR` says where one is made.
        account: who owns the folder; None for the caller.
        cleanup: who removes it.

    Attributes:
        folder: where it is.
        is_kept: whether its data outlive its server, and what is remembered with them.

    Raises:
        UnsuitableError: the folder cannot be made, or (final) a kept one is in use.
    """

    def __init__(self, request: Request, *, account: Account | None, cleanup: Cleanup) -> None:
        self._account = account
        self.is_kept = request.durable or request.folder is not None
        self._run = request.run
        with cleanup.making() as stack:
            if request.folder is None:
                self.folder = _make_folder(_parent(request.environment, account), account)
                stack.callback(_remove, self.folder, cleanup)
            else:
                self.folder = _keep_folder(request.folder, account)
            lock = _locked(self.folder)
            self._guard = Guard(self.folder, remove=request.folder is None, held=lock)
            os.close(lock)
            # Callbacks run last in, first out: the processes have been ended by then.
            stack.callback(self._guard.close)
        self._entrusted: tuple[int, ...] = ()

    @property
    def naming(self) -> Naming:
        """The names of what services get: the same in every run when the folder is kept."""
        if self.is_kept:
            return Naming(password=lambda name: self.remember(f"password of {name}", new_password))
        return Naming(run=self._run)

    def remember(self, name: str, make: Callable[[], str]) -> str:
        """What was remembered under a name; made and remembered when there is nothing yet.

        Raises:
            UnsuitableError: it cannot be read or written.
        """
        if not self.is_kept:
            return make()
        known = self._record()
        if name not in known:
            self.note(name, known.setdefault(name, make()))
        return known[name]

    def note(self, name: str, value: str) -> None:
        """Remember something in the place of what was remembered before.

        Raises:
            UnsuitableError: it cannot be written.
        """
        if self.is_kept:
            known = {**self._record(), name: value}
            path = self.folder / _RECORD
            try:
                written = path.with_name(f"{_RECORD}.new")
                written.unlink(missing_ok=True)
                self.write(written.name, json.dumps(known, indent=1))
                written.replace(path)
            except OSError as error:
                raise UnsuitableError(f"{path} cannot be written: {error.strerror}") from error

    def write(self, name: str, text: str) -> Path:
        """Write a file that only the owner of the folder can read; raises `OSError`."""
        path = self.folder / name
        if self.is_kept:
            path.unlink(missing_ok=True)
        # Made by us or not at all: others who run as that account could have put a link there.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            if self._account:
                os.fchown(descriptor, self._account.uid, self._account.gid)
        return path

    def entrust(self, *pids: int | None) -> None:
        """Name the processes that must not outlive the supervisor, instead of those before."""
        for pid in self._entrusted:
            self._guard.forget(pid)
        self._entrusted = tuple(pid for pid in pids if pid)
        for pid in self._entrusted:
            self._guard.watch(pid, signal.SIGQUIT)

    def _record(self) -> dict[str, str]:
        path = self.folder / _RECORD
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise UnsuitableError(f"{path} cannot be read: {error}") from error
        if not isinstance(known, dict):
            raise UnsuitableError(f"{path} cannot be read: it is no record of ours")
        return {str(name): str(value) for name, value in known.items()}


def sweep_folders(environment: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Remove the folders of servers that are gone; their paths, and those that could not be."""
    removed: list[str] = []
    left: list[str] = []
    parents = {Path(environment.get("TMPDIR") or tempfile.gettempdir()).absolute(), _OPEN_TO_ALL}
    for folder in (one for parent in parents for one in sorted(parent.glob(f"{PREFIX}*"))):
        try:
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            # None of ours, or of a run that goes on.
            continue
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)
        (left if folder.exists() else removed).append(str(folder))
    return removed, left


def is_open_to_all(folder: Path) -> bool:
    """Whether everybody may walk through; a missing one is complained about when it is used."""
    return not folder.exists() or bool(folder.stat().st_mode & 0o001)


def _parent(environment: Mapping[str, str], account: Account | None) -> Path:
    """`TMPDIR`, unless another user has to work below it and cannot get there."""
    parent = Path(environment.get("TMPDIR") or tempfile.gettempdir()).absolute()
    if account and not all(is_open_to_all(folder) for folder in (parent, *parent.parents)):
        return _OPEN_TO_ALL
    return parent


def _make_folder(parent: Path, account: Account | None) -> Path:
    try:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    except OSError as error:
        reason = f"no folder can be made in {parent}: {error.strerror}"
        raise UnsuitableError(reason) from error
    if account:
        os.chown(folder, account.uid, account.gid)
    return folder


def _keep_folder(folder: Path, account: Account | None) -> Path:
    folder = folder.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if account:
            os.chown(folder, account.uid, account.gid)
        folder.chmod(0o700)
    except OSError as error:
        raise UnsuitableError(f"{folder} cannot be made: {error.strerror}") from error
    if account and not all(map(is_open_to_all, folder.parents)):
        reason = f"user {account.name}, who runs the server, may not enter {folder}"
        cure = "Keep the data in a folder that every user may walk to."
        raise UnsuitableError(reason, final=cure)
    return folder


def _locked(folder: Path) -> int:
    """The lock of a folder, held until its last holder closes it."""
    try:
        return hold_alone(folder / _LOCK, seconds=_LOCK_SECONDS)
    except HeldError as error:
        reason = f"{folder} is in use by process {error.holder or 'of somebody'}"
        raise UnsuitableError(reason, final="End that one first.") from error


def _remove(folder: Path, cleanup: Cleanup) -> None:
    """Remove the folder, also while the last children of a crashed server still write to it."""
    deadline = time.monotonic() + _REMOVE_SECONDS
    while folder.exists() and time.monotonic() < deadline:
        shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():
            time.sleep(0.05)
    if folder.exists():
        cleanup.left_behind.append(str(folder))
