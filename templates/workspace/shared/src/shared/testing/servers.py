"""Starts a server of the tests' own on a free port."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

from shared.testing import supervisor
from shared.testing.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

START_SECONDS = 60.0
_POLL_SECONDS = 0.01
_PORT_ATTEMPTS = 3


class ServerError(Exception):
    """No server could be found or started; the message says what to do."""


def started(
    folder: Path,
    command: Callable[[int], Sequence[str]],
    is_ready: Callable[[], bool],
    port: int | None = None,
) -> tuple[subprocess.Popen[bytes], int]:
    """Start the command made for a port, return its supervisor and the port; raises ServerError.

    A free port is taken if none is given. The server stops when the supervisor's stdin is
    closed; then its folder is removed.
    """
    # Between finding a free port and using it, somebody else may take it.
    for _ in range(_PORT_ATTEMPTS):
        taken = free_port() if port is None else port
        supervised = _launch(folder, command(taken))
        if _becomes_ready(supervised, is_ready):
            return supervised, taken
        log = (folder / "log").read_text(errors="replace").splitlines()
        ended_by_itself = supervised.poll() is not None
        supervised.communicate()
        # A server that hangs will do so again, and its folder is gone.
        if not ended_by_itself:
            break
    raise ServerError("\n".join(["The server did not start:", *log[-30:]]))


def _launch(folder: Path, command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", supervisor.__file__, str(folder), *command],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def _becomes_ready(supervised: subprocess.Popen[bytes], is_ready: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while supervised.poll() is None and time.monotonic() < deadline:
        if is_ready():
            return True
        time.sleep(_POLL_SECONDS)
    return False
