"""Runs a command as if its caller had started it: its exit code, and every signal passed on."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Self

from generator.processes.guard import Guard

# A terminal gives these to everybody in the foreground, so to the command too.
_OF_THE_TERMINAL = (signal.SIGINT, signal.SIGQUIT)
_OF_OTHERS = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
_BY_SIGNAL = 128


def can_run(word: str, environment: Mapping[str, str]) -> bool:
    """Whether there is a program of that name or path."""
    return shutil.which(word, path=environment.get("PATH", os.defpath)) is not None


def run_command(
    words: Sequence[str], environment: Mapping[str, str], folder: Path | None = None
) -> int:
    """Run a command to its end; return its exit code, or 128 and the signal that ended it.

    In the foreground of a terminal it stays there, as typed. Elsewhere it has a process group of
    its own, and the whole group ends when this process is killed.

    Args:
        words: the program and its arguments.
        environment: all of its environment variables.
        folder: where it works; None for where we do.

    Raises:
        OSError: it cannot be started.
    """
    in_foreground = _is_in_foreground()
    with Guard() as guard, _Passing(in_foreground=in_foreground) as passing:
        process = subprocess.Popen(
            words,
            env=dict(environment),
            cwd=folder,
            process_group=None if in_foreground else 0,
        )
        guard.watch(process.pid if in_foreground else -process.pid, signal.SIGTERM)
        passing.to(process)
        code = process.wait()
    return code if code >= 0 else _BY_SIGNAL - code


class _Passing:
    """Passes signals on to a process, those too that come while it is being started."""

    def __init__(self, *, in_foreground: bool) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        self._handlers = {
            number: self._leave if in_foreground and number in _OF_THE_TERMINAL else self._pass
            for number in (*_OF_THE_TERMINAL, *_OF_OTHERS)
        }

    def __enter__(self) -> Self:
        self._before = {
            number: signal.signal(number, handler) for number, handler in self._handlers.items()
        }
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def to(self, process: "subprocess.Popen[bytes]") -> None:
        """Begin, with what has come so far."""
        self._process = process
        for number in self._early:
            process.send_signal(number)

    def _pass(self, number: int, _frame: FrameType | None) -> None:
        if self._process is None:
            self._early.append(number)
        else:
            self._process.send_signal(number)

    def _leave(self, _number: int, _frame: FrameType | None) -> None:
        """Do nothing: the command has it from the terminal."""


def _is_in_foreground() -> bool:
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
