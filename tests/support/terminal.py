"""Runs the command line on a pseudo terminal, and types when it is asked."""

import os
import pty
import re
import select
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.cli import Cli

ENTER = "\r"
# Moves the cursor, or colours: not what a person reads.
_ESCAPE = re.compile(rb"\x1b(\[[0-9;?]*[A-Za-z]|[=>])")
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
