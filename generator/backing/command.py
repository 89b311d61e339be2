"""Runs a command as if its caller had started it: its exit code, and every signal passed on."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import Self

# A terminal gives these to everybody in the foreground, so to the command too.
_OF_THE_TERMINAL = (signal.SIGINT, signal.SIGQUIT)
_OF_OTHERS = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
_BY_SIGNAL = 128
# Ends the command when this process is killed: the shell then sees the end of its pipe. Its first
# line names a process or, with a minus before it, a group.
_LAST_RESORT = """
read -r target || exit
read -r ended && exit
kill -s TERM -- "$target"
n=0
while kill -s 0 -- "$target" && [ $n -lt 50 ]; do n=$((n + 1)); sleep 0.1; done
kill -s KILL -- "$target"
"""


def can_run(word: str, environment: Mapping[str, str]) -> bool:
    """Whether there is a program of that name or path."""
    return shutil.which(word, path=environment.get("PATH", os.defpath)) is not None


def run_command(words: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end; return its exit code, or 128 and the signal that ended it.

    In the foreground of a terminal it stays there, as typed. Elsewhere it has a process group of
    its own, and the whole group ends when this process is killed.

    Raises:
        OSError: it cannot be started.
    """
    in_foreground = _is_in_foreground()
    with _Guard() as guard, _Passing(in_foreground=in_foreground) as passing:
        process = subprocess.Popen(
            words, env=dict(environment), process_group=None if in_foreground else 0
        )
        guard.watch(process.pid if in_foreground else -process.pid)
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


class _Guard:
    """A shell that ends the command should this process be killed."""

    def __init__(self) -> None:
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _LAST_RESORT],
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            encoding="ascii",
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Two lines end it, whether it was told of a command or not.
        with suppress(BrokenPipeError):
            self._shell.communicate("ended\nended\n")

    def watch(self, target: int) -> None:
        """End this process, or group if negative, when ours is gone."""
        # Somebody may have killed the shell; it is the second guard, so the command goes on.
        with suppress(BrokenPipeError):
            if self._shell.stdin:
                self._shell.stdin.write(f"{target}\n")
                self._shell.stdin.flush()


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
