"""Runs the command line on a pseudo terminal, and types when it is asked."""

import os
import pty
import re
import select
import subprocess
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.cli import Cli

ENTER = "\r"
# Moves the cursor, or colours: not what a person reads.
_ESCAPE = re.compile(rb"\x1b(\[[0-?]*[ -/]*[@-~]|[=>])")
# Only for a run that hangs: nothing waits that long otherwise.
_HANGS = 240


def on_terminal(
    cli: Cli,
    *arguments: str,
    cwd: Path,
    keys: Sequence[tuple[str, str]] = (),
    env: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Run on a pseudo terminal; return the exit code and all that was shown, escapes included.

    Args:
        cli: whose command.
        arguments: the command's words.
        cwd: where.
        keys: what is typed, each as soon as the words before it are on the screen, in this order.
        env: further variables.
    """
    ours, theirs = pty.openpty()
    # Wide enough that no line is broken in two.
    termios.tcsetwinsize(theirs, (40, 200))
    # Nobody answers where the cursor is.
    quiet = {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
    process = subprocess.Popen(
        cli.command(*arguments), cwd=cwd, env=cli.env({**quiet, **(env or {})}),
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    before = termios.tcgetattr(theirs)
    try:
        shown = _typed(ours, process, keys)
        code = process.wait()
        assert termios.tcgetattr(theirs) == before, "the terminal was not left as it was found"
    finally:
        process.kill()
        os.close(theirs)
        os.close(ours)
    return code, shown.decode(errors="replace")


class ControllingCli(Cli):
    """The command line as a shell starts it: Ctrl-C on its terminal reaches it."""

    def command(self, *arguments: str) -> list[str]:
        """The words to start."""
        return _controlled(super().command(*arguments))


def _controlled(words: Sequence[str]) -> list[str]:
    """Words that start the same, below a shell: its session is controlled by the terminal."""
    return ["/bin/sh", "-c", 'exec "$@" 3</proc/self/fd/0', "sh", *words]


class Terminal:
    """A terminal with a command on it, that a test looks at and types into.

    Args:
        handle: the terminal's own end.
        process: the command.
    """

    def __init__(self, handle: int, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.raw = b""
        self._handle = handle
        self._seen = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def text(self) -> str:
        """All that was shown so far, without escapes."""
        return _ESCAPE.sub(b"", self.raw).decode(errors="replace")

    @property
    def lines_below(self) -> list[str]:
        """What stands on the screen that was there before, once the command has left its own."""
        return _ESCAPE.sub(b"", self.raw.rpartition(b"\x1b[?1049l")[2]).decode().splitlines()

    def wait_for(self, words: str) -> "Terminal":
        """Return once this is shown, after what was waited for before."""
        deadline = time.monotonic() + _HANGS
        while (at := self.text.find(words, self._seen)) < 0:
            shown = self.text[-4000:]
            assert self.process.poll() is None, f"{words!r} never came:\n{shown}"
            assert time.monotonic() < deadline, f"{words!r} is waited for:\n{shown}"
            # Asking again is how one learns of it.
            time.sleep(0.02)
        self._seen = at + len(words)
        return self

    def forget(self) -> None:
        """Wait from now on for what is shown from now on."""
        self._seen = len(self.text)

    def type(self, keys: str) -> "Terminal":
        """Type."""
        os.write(self._handle, keys.encode())
        return self

    def resize(self, rows: int, columns: int) -> None:
        """Make it as large as that, as a person does with a window."""
        termios.tcsetwinsize(self._handle, (rows, columns))

    def hang_up(self) -> None:
        """Close it, as a window is closed."""
        os.close(self._handle)
        self._handle = -1

    def end(self) -> int:
        """The exit code, once the command has ended and all that it said is here."""
        code = self.process.wait(_HANGS)
        if self._handle >= 0:
            self._reader.join(1)
        return code

    def close(self) -> None:
        """End the command if it runs, and close the terminal."""
        self.process.kill()
        self.process.wait()
        if self._handle >= 0:
            self.hang_up()

    def _read(self) -> None:
        with suppress(OSError):
            while shown := os.read(self._handle, 65536):
                self.raw += shown


@contextmanager
def terminal(
    cli: Cli, *arguments: str, cwd: Path, env: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """Run on a pseudo terminal of 40 rows and 160 columns that the command is controlled by."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, 160))
    words, told = _controlled(cli.command(*arguments)), {"TERM": "xterm", **(env or {})}
    process = subprocess.Popen(
        words, cwd=cwd, env=cli.env(told),
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    before = termios.tcgetattr(theirs)
    made = Terminal(ours, process)
    try:
        yield made
        if made.process.poll() is not None and made._handle >= 0:
            assert termios.tcgetattr(theirs) == before, "the terminal was not left as it was found"
    finally:
        # The last one that holds it, so that whoever reads ends.
        os.close(theirs)
        made.close()


def _typed(
    terminal: int, process: "subprocess.Popen[bytes]", keys: Sequence[tuple[str, str]]
) -> bytes:
    """Everything shown until the process ends, the keys typed on the way.

    The end is the process's own: what it started may hold the terminal open longer.
    """
    waiting, shown, seen = list(keys), b"", 0
    ended = os.pidfd_open(process.pid)
    try:
        while True:
            ready, _, _ = select.select([terminal, ended], [], [], _HANGS)
            assert ready, f"{waiting[:1]} is waited for:\n{shown.decode(errors='replace')}"
            if terminal not in ready:
                break
            shown += os.read(terminal, 4096)
            text = _ESCAPE.sub(b"", shown)
            while waiting and (at := text.find(waiting[0][0].encode(), seen)) >= 0:
                words, typed = waiting.pop(0)
                seen = at + len(words.encode())
                os.write(terminal, typed.encode())
    finally:
        os.close(ended)
    assert not waiting, f"{waiting[0]} was never asked:\n{shown.decode(errors='replace')}"
    return shown
