"""The folder of an own instance: made short, owned by its user, and gone with its keeper."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from generator.backing.ladder import UnsuitableError
from generator.backing.processes import Account
from generator.backing.undo import Undo

_REMOVE_SECONDS = 10.0
_OPEN_TO_ALL = Path("/", "tmp")

# The keeper itself may be killed (`pkill -9 -f generator` takes both). This shell then sees the
# end of its pipe, ends the processes of its last line and removes the folder.
_LAST_RESORT = """
pids=
while read -r line; do pids=$line; done
# Not `kill -0`, which finds the dead that nobody has waited for, and those who got their number.
alive() {
    if [ -d /proc/self ]; then grep -qaF -- "$1" "/proc/$pid/cmdline"
    else ps -p "$pid" -o args= | grep -qF -- "$1"; fi
}
for pid in $pids; do
    alive "$1" || continue
    kill -s QUIT "$pid"
    n=0
    while alive "$1" && [ $n -lt 50 ]; do n=$((n + 1)); sleep 0.1; done
    alive "$1" && kill -s KILL "$pid"
done
rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }
"""


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
            self._last_resort = subprocess.Popen(
                ["/bin/sh", "-c", _LAST_RESORT, "sh", str(self.folder)],
                cwd="/",
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                encoding="ascii",
                start_new_session=True,
            )
            stack.callback(self._dismiss)

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
        # Somebody may have killed that shell; it is the second guard, so the first goes on.
        with suppress(BrokenPipeError):
            if self._last_resort.stdin:
                self._last_resort.stdin.write(f"{' '.join(str(pid) for pid in pids if pid)}\n")
                self._last_resort.stdin.flush()

    def _dismiss(self) -> None:
        # Callbacks run last in, first out: the processes have been ended and waited for by now.
        self.entrust()
        self._last_resort.communicate()


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
