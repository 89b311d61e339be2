"""Runs the programs of a backing service so that none outlives its keeper."""

import os
import pwd
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.backing.ladder import LOG_LINES, UnsuitableError
from generator.backing.undo import Undo

STOP_SECONDS = 6.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """The user a server runs as."""

    name: str
    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """`nobody` when this is root, which servers refuse to run as; else None: the caller itself.

    Raises:
        UnsuitableError: this is root and the machine has no `nobody`.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError as error:
        raise UnsuitableError("running as root, and there is no user nobody to drop to") from error
    return Account(name="nobody", uid=entry.pw_uid, gid=entry.pw_gid)


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """How a program is run: its environment, its folder and its user."""

    environment: Mapping[str, str]
    folder: Path | None = None
    account: Account | None = None


class Child:
    """A running program, with the last lines it said kept in memory (a disk may be full)."""

    def __init__(self, process: subprocess.Popen[str], last_signal: signal.Signals) -> None:
        self._process = process
        self._last_signal = last_signal
        self._lines: deque[str] = deque(maxlen=LOG_LINES)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def wait(self, seconds: float) -> int | None:
        """The exit status, or None when it still runs after so many seconds."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def lines(self) -> tuple[str, ...]:
        """The last lines it said, stdout and stderr mixed; complete once it has ended."""
        if self._process.poll() is not None:
            # A grandchild may hold the pipe open, so this must not wait for ever.
            self._reader.join(1.0)
        return tuple(self._lines)

    def stop(self) -> None:
        """End it, by force when it does not go by itself; ended already is fine."""
        if self.wait(0) is None:
            self._process.send_signal(self._last_signal)
        if self.wait(STOP_SECONDS) is None:
            self._process.kill()
            self._process.wait()

    def _read(self) -> None:
        if self._process.stdout:
            with self._process.stdout as stream:
                self._lines.extend(line.rstrip() for line in stream)


def spawn(
    argv: Sequence[str | Path],
    *,
    setting: Setting,
    undo: Undo,
    last_signal: signal.Signals = signal.SIGKILL,
) -> Child:
    """Start a program that is ended when `undo` closes.

    Args:
        argv: the program and its arguments.
        setting: its environment, folder and user.
        undo: who ends it at last.
        last_signal: what makes it end fast and take its children along.

    Raises:
        OSError: it cannot be started, or not as that user.
    """
    with undo.making() as stack:
        process = subprocess.Popen(
            argv,
            cwd=setting.folder,
            env=setting.environment,
            user=setting.account.uid if setting.account else None,
            group=setting.account.gid if setting.account else None,
            extra_groups=[] if setting.account else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        child = Child(process, last_signal)
        stack.callback(child.stop)
    return child
