"""Runs other programs: each in a process group of its own, bounded in time and in output."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from generator.verification.text import Tail, presentable

INTERRUPT_SECONDS = 2.0
_GUARD = Path(__file__).with_name("guard.py")


class StoppedError(Exception):
    """The verification was stopped, and nothing may be started any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Completed:
    """How a program ended.

    Attributes:
        code: its exit code, negative for a signal; None when it ran out of time.
        output: the end of what it printed, fit to be shown.
    """

    code: int | None
    output: str


class Child:
    """A running program; its output is read as it comes, so it never blocks on a full pipe."""

    def __init__(self, process: "subprocess.Popen[bytes]", environment: Mapping[str, str]) -> None:
        self._process = process
        self._environment = environment
        self._tail = Tail()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def group(self) -> int:
        """Its process group, which is also its process id."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.poll()

    @property
    def output(self) -> str:
        """The end of what it has printed so far."""
        return presentable(self._tail.text(), self._environment)

    def wait(self, seconds: float) -> int | None:
        """Its exit code; None when it still runs after that time."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def send(self, number: signal.Signals) -> None:
        """Signal the program itself, as a container's runtime does, not its children."""
        self._process.send_signal(number)

    def end(self) -> None:
        """Make sure that neither it nor anything in its group goes on."""
        if self.code is None:
            # Interrupted, pytest still tears its fixtures down.
            self._signal_group(signal.SIGINT)
            self.wait(INTERRUPT_SECONDS)
        self._signal_group(signal.SIGKILL)
        self._process.wait()
        # Who left the group may hold the pipe open for ever; its words are not waited for.
        self._reader.join(INTERRUPT_SECONDS)

    def _signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.group, number)

    def _read(self) -> None:
        stream = self._process.stdout
        if stream is None:
            return
        with stream:
            while chunk := os.read(stream.fileno(), 65536):
                self._tail.add(chunk)


class Processes:
    """All programs of one verification; leaving the context ends every one of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._children: dict[int, Child] = {}
        self._stopped = False
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_GUARD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
        self._guard.communicate()

    def start(self, command: Sequence[str], *, cwd: Path, environment: Mapping[str, str]) -> Child:
        """Start a program; whoever starts one passes it to `end`.

        Raises:
            OSError: when there is no such program or folder.
            StoppedError: when the verification was stopped.
        """
        with self._lock:
            if self._stopped:
                raise StoppedError
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._announce(f"+{process.pid}")
            child = Child(process, environment)
            self._children[child.group] = child
            return child

    def end(self, child: Child) -> None:
        """End a program and its whole group, whether it still runs or not."""
        child.end()
        with self._lock:
            self._children.pop(child.group, None)
            self._announce(f"-{child.group}")

    def run(
        self, command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], seconds: float
    ) -> Completed:
        """Run a program to its end, or to the end of its time.

        Raises:
            OSError: when there is no such program or folder.
            StoppedError: when the verification was stopped.
        """
        child = self.start(command, cwd=cwd, environment=environment)
        try:
            code = child.wait(seconds)
        finally:
            self.end(child)
        if self._stopped:
            raise StoppedError
        return Completed(code=code, output=child.output)

    def stop(self) -> None:
        """Refuse new programs and end the running ones; all get the same short grace."""
        with self._lock:
            self._stopped = True
            children = tuple(self._children.values())
        enders = [threading.Thread(target=self.end, args=(child,)) for child in children]
        for ender in enders:
            ender.start()
        for ender in enders:
            ender.join()

    def _announce(self, line: str) -> None:
        # Without the guard a kill of this process leaves children behind; no more than that.
        with suppress(OSError, ValueError):
            stream = self._guard.stdin
            if stream is not None:
                stream.write(f"{line}\n".encode())
                stream.flush()
