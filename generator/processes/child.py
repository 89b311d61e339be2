"""One running program: in a process group of its own, its output read as it comes, ended whole."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from generator.processes.output import LineSplitter, Presenter, Tail

_LAST_WORDS_SECONDS = 2.0
_BLOCK = 65536
# Whoever prints a line at a time would wake us for each: what comes meanwhile is passed on at once.
_GATHER_SECONDS = 0.01


OnLines: TypeAlias = Callable[[Sequence[str]], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """The user that a program runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """A program as it is started, and started again.

    Attributes:
        words: the program and its arguments.
        environment: all of its environment variables.
        folder: where it works; None for where we do.
        account: the user it runs as; None for the caller.
        stop_signal: what asks its process group to end.
        stop_seconds: how long it may take to; then it is killed.
        orphan_signal: what its group gets first when we were killed; it is killed soon after.
    """

    words: Sequence[str | Path]
    environment: Mapping[str, str]
    folder: Path | None = None
    account: Account | None = None
    # Interrupted, pytest still tears its fixtures down.
    stop_signal: signal.Signals = signal.SIGINT
    stop_seconds: float = 2.0
    orphan_signal: signal.Signals = signal.SIGKILL


class Child:
    """A program that was started; its output never blocks on a full pipe.

    Args:
        command: what is started.
        on_lines: called with the lines that it prints, soon after they are printed, in a thread of
            the child's own; they are fit to be shown. While it does not return, the child may have
            to wait. Must not raise.

    Raises:
        OSError: there is no such program or folder, or it may not be run as that user.
    """

    def __init__(self, command: Command, on_lines: OnLines | None = None) -> None:
        self.command = command
        self.on_lines = on_lines
        self._tail = Tail()
        self._presentable = Presenter(command.environment)
        account = command.account
        self._process = subprocess.Popen(
            command.words,
            cwd=command.folder,
            env=dict(command.environment),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Its process id, which is also its process group."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    @property
    def output(self) -> str:
        """The end of what it has printed, fit to be shown; complete once it has ended."""
        if self.code is not None:
            # Who left the group may hold the pipe open for ever; its words are not waited for.
            self._reader.join(_LAST_WORDS_SECONDS)
        return self._presentable(self._tail.text())

    def lines(self, count: int = 30) -> tuple[str, ...]:
        """The last lines of its output."""
        return tuple(self.output.splitlines()[-count:])

    def wait(self, seconds: float) -> int | None:
        """Its exit code; None when it still runs after that time."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def send(self, number: signal.Signals) -> None:
        """Signal the program itself, as a container's runtime does, not its children."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """Kill its whole group as a machine that fails would, and return when it is dead."""
        self._signal_group(signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        """Make sure that neither it nor anything in its group goes on; ended already is fine."""
        if self.code is None:
            self._signal_group(self.command.stop_signal)
            self.wait(self.command.stop_seconds)
        self._signal_group(signal.SIGKILL)
        self._process.wait()
        self._reader.join(_LAST_WORDS_SECONDS)

    def _signal_group(self, number: signal.Signals) -> None:
        # macOS refuses to signal a group of which only the dead are left.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def _read(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        lines = LineSplitter()
        with stream:
            while chunk := os.read(stream.fileno(), _BLOCK):
                self._tail.add(chunk)
                if self.on_lines is not None:
                    self._pass_on(self.on_lines, lines.add(chunk))
                    # A pipe that is half full is emptied without delay.
                    if len(chunk) < _BLOCK // 2:
                        time.sleep(_GATHER_SECONDS)
        if self.on_lines is not None:
            self._pass_on(self.on_lines, lines.rest())

    def _pass_on(self, listen: OnLines, lines: Sequence[bytes]) -> None:
        if lines:
            listen(self._presentable.lines(lines))
