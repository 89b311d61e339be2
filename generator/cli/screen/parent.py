"""Runs the full-screen view beside the system: sends it what happens, and does what it asks for."""

import os
import signal
import subprocess
import sys
import termios
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from types import TracebackType
from typing import IO, Self

from generator.cli import console
from generator.cli.screen.wire import Asked, Said, read_asked, shown_to_line
from generator.env_vars import own_package_env_vars
from generator.errors import MissingPrerequisiteError, UnjudgedError, UsageError
from generator.running import Phase, Record

# What waits for the view, of each service: a loud one takes no room from the others. It is also
# the most that is shown of one in a moment, which is more than anybody reads.
_MOST_CHARACTERS = 256 * 1024
_LONGEST_LINE = 4 * 1024
_MOMENT = 0.05
_LEAVE_SECONDS = 5.0
# Away from the alternate screen, its mouse, its paste and its keys, with a cursor.
_RESET = (
    "\x1b[?1049l\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[<u\x1b[?7h\x1b[?25h"
)


def require_screen() -> None:
    """Refuse the view where it cannot be shown.

    Raises:
        UsageError: there is no terminal.
        MissingPrerequisiteError: what draws it is not installed.
    """
    if not (console.is_interactive() and sys.stdout.isatty()):
        raise UsageError(
            "--view fills a terminal, and this is none.",
            hint="Leave it out, or: generator up --detach, and generator logs --follow",
        )
    if find_spec("textual") is None:
        raise MissingPrerequisiteError(
            "What fills the terminal is not installed.",
            hint="It comes with an extra of the generator: generator[view].",
        )


@dataclass(kw_only=True)
class _Waiting:
    """What one service has said and nobody has shown."""

    said: deque[Said] = field(default_factory=deque)
    characters: int = 0
    left_out: int = 0


class ScreenView:
    """A view of a running system that fills the terminal, in a process of its own.

    So drawing takes no time from the services, and whatever becomes of it the system is ended as
    by Ctrl-C: this process does what it does without a view.

    Args:
        title: what stands above all.
        only: the services whose lines are shown at first; all when empty.
    """

    def __init__(self, title: str, only: Sequence[str]) -> None:
        self._ends: set[Asked] = set()
        self._words = (title, *only)
        self._lock = threading.Lock()
        self._waiting: dict[str, _Waiting] = {}
        self._record: Record | None = None
        self._over = threading.Event()
        self._restart: Callable[[str], None] | None = None
        self._failed = False
        self._last = ""
        self._farewell: list[str] | None = None

    def __enter__(self) -> Self:
        """Fill the terminal.

        Raises:
            UnjudgedError: the process cannot be started.
        """
        self._terminal = termios.tcgetattr(sys.stdin)
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        try:
            self._process = subprocess.Popen(
                # -P: what lies in the current folder is somebody else's code.
                [sys.executable, "-P", "-m", "generator.cli.screen",
                 str(theirs_in), str(theirs_out), *self._words],
                env={**os.environ, **own_package_env_vars()},
                pass_fds=(theirs_in, theirs_out),
            )  # fmt: skip
        except OSError as error:
            raise UnjudgedError(f"The view cannot be started: {error.strerror}.") from error
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self._threads = [
            threading.Thread(target=self._send, args=(os.fdopen(ours_out, "wb"),), daemon=True),
            threading.Thread(target=self._hear, args=(os.fdopen(ours_in, "rb"),), daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the terminal back as it was, and say what was told at the end.

        Raises:
            UnjudgedError: the view ended by itself, and for that reason all the rest.
        """
        self._over.set()
        try:
            # Its pipe is closed, which is its end.
            self._process.wait(_LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join(_LEAVE_SECONDS)
        if self._process.returncode:
            self._give_terminal_back()
        for line in self._farewell or ():
            console.tell(line)
        if self._failed and isinstance(error, KeyboardInterrupt | SystemExit):
            raise UnjudgedError(
                f"The view ended by itself (exit code {self._process.returncode}), "
                "so everything was stopped.",
                hint="Without --view the system needs none.",
            ) from None

    @property
    def was_quit(self) -> bool:
        """Whether a person has asked for the end by the key that is for it, and in no other way."""
        return self._ends == {Asked.QUIT}

    def attach(self, restart: Callable[[str], None]) -> None:
        """Be given what starts a service again."""
        self._restart = restart

    def tell(self, message: str, /) -> None:
        """Say what happens, among what the services say."""
        self._last = message
        if self._farewell is not None:
            self._farewell.append(message)
        moment = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
        self.said("", moment, message.split("\n"))

    def said(self, service: str, moment: str, lines: Sequence[str], /) -> None:
        """Show what a service says, as soon as the terminal takes it."""
        with self._lock:
            waiting = self._waiting.setdefault(service, _Waiting())
            if waiting.characters > _MOST_CHARACTERS:
                waiting.left_out += len(lines)
                return
            cut = [line[:_LONGEST_LINE] for line in lines]
            waiting.characters += sum(map(len, cut))
            waiting.said.append(Said(service=service, moment=moment, lines=cut))

    def changed(self, record: Record, /) -> None:
        """Show it."""
        if record.phase is Phase.STOPPING and self._farewell is None:
            self._farewell = [self._last]
        with self._lock:
            self._record = record

    def _send(self, stream: IO[bytes]) -> None:
        with suppress(OSError), stream:
            over = False
            while not over:
                over = self._over.wait(_MOMENT)
                block = self._block()
                if block:
                    stream.write(block)
                    stream.flush()

    def _block(self) -> bytes:
        """All that is to be shown now."""
        with self._lock:
            record, self._record = self._record, None
            waiting, self._waiting = self._waiting, {}
        lines = [shown_to_line(record)] if record else []
        # In the order in which it came.
        said = sorted((one for some in waiting.values() for one in some.said), key=_moment)
        lines += map(shown_to_line, said)
        for service, some in waiting.items():
            if some.left_out:
                missing = f"… {some.left_out} lines are left out here: generator logs has them"
                moment = some.said[-1].moment if some.said else ""
                lines.append(shown_to_line(Said(service=service, moment=moment, lines=[missing])))
        return b"".join(lines)

    def _hear(self, stream: IO[bytes]) -> None:
        try:
            with stream:
                for asked, name in read_asked(stream):
                    self._do(asked, name)
        finally:
            if not self._over.is_set():
                self._failed = True
                _interrupt(signal.SIGTERM)

    def _do(self, asked: Asked, name: str) -> None:
        if asked is not Asked.RESTART:
            self._ends.add(asked)
            # A second Ctrl-C does not wait for anybody's grace time; a second `q` does.
            _interrupt(signal.SIGTERM if asked is Asked.QUIT else signal.SIGINT)
        elif self._restart:
            self.tell(f"Restarting {name}: it has its grace time.")
            self._restart(name)

    def _give_terminal_back(self) -> None:
        """Leave the terminal as it was found, which a view that was killed has not done."""
        with suppress(OSError, termios.error):
            sys.stderr.write(_RESET)
            sys.stderr.flush()
            termios.tcsetattr(sys.stdin, termios.TCSANOW, self._terminal)


def _moment(said: Said) -> str:
    return said.moment


def _interrupt(number: signal.Signals) -> None:
    """End this command as that signal does."""
    main = threading.main_thread().ident
    if main is not None:
        # To that thread: it waits, and a signal that another one takes does not wake it.
        signal.pthread_kill(main, number)
