"""Runs a server for as long as its parent lives, then removes the server's folder.

Started by its path: `supervisor.py FOLDER COMMAND...`. The parent holds the other end of stdin.
When that closes, by `kill -9` too, the server is stopped. The server runs as the folder's owner.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

POLL_SECONDS = 0.2
STOP_SECONDS = 10.0


def supervise(folder: Path, command: list[str]) -> int:
    """Return the exit code of a server that ended by itself, 0 when it was stopped."""
    with (folder / "log").open("ab") as log:
        server = _start(folder, command, log.fileno())
    while not select.select([sys.stdin], [], [], POLL_SECONDS)[0]:
        if (code := server.poll()) is not None:
            return code
    server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def _start(folder: Path, command: list[str], log: int) -> subprocess.Popen[bytes]:
    user, group, groups = identity(folder)
    return subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        user=user,
        group=group,
        extra_groups=groups,
    )


def identity(folder: Path) -> tuple[int | None, int | None, list[int] | None]:
    """Return user, group and groups of the folder's owner; root alone can become them."""
    if os.geteuid() != 0:
        return None, None, None
    owner = folder.stat()
    return owner.st_uid, owner.st_gid, []


if __name__ == "__main__":
    sys.exit(supervise(Path(sys.argv[1]), sys.argv[2:]))
