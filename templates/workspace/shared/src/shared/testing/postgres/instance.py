"""Starts an own server on a free port and stops it again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shared.testing.postgres.binaries import PostgresError, find_binaries
from shared.testing.postgres.cluster import cluster_folder, initialise

if TYPE_CHECKING:
    from collections.abc import Iterator

SUPERVISOR = Path(__file__).with_name("supervisor.py")
START_SECONDS = 60.0
_POLL_SECONDS = 0.02
_PORT_ATTEMPTS = 3
_OPTIONS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    # Nothing here outlives the tests, so nothing needs to reach the disk.
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
)


@contextmanager
def database_server() -> Iterator[str]:
    """Yield DATABASE_URL if it is set, otherwise the URL of an own server."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    with own_server() as url:
        yield url


@contextmanager
def own_server() -> Iterator[str]:
    """Start a server, yield the URL of its superuser and stop it; raises PostgresError."""
    binaries = find_binaries()
    with cluster_folder() as folder:
        password = initialise(binaries, folder)
        supervisor, port = _started(binaries, folder)
        try:
            yield f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        finally:
            supervisor.communicate()


def _started(binaries: Path, folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    # Between finding a free port and using it, somebody else may take it.
    for _ in range(_PORT_ATTEMPTS):
        port = _free_port()
        supervisor = _launch(binaries, folder, port)
        if _becomes_ready(supervisor, folder):
            return supervisor, port
        log = (folder / "log").read_text(errors="replace").splitlines()
        supervisor.communicate()
    raise PostgresError("\n".join(["PostgreSQL did not start:", *log[-30:]]))


def _launch(binaries: Path, folder: Path, port: int) -> subprocess.Popen[bytes]:
    server = [str(binaries / "postgres"), "-D", str(folder / "data"), "-p", str(port)]
    options = [word for option in _OPTIONS for word in ("-c", option)]
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(SUPERVISOR), str(folder), *server, *options],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def _becomes_ready(supervisor: subprocess.Popen[bytes], folder: Path) -> bool:
    deadline = time.monotonic() + START_SECONDS
    status = folder / "data" / "postmaster.pid"
    while supervisor.poll() is None and time.monotonic() < deadline:
        # The server writes its state into the last line of this file; pg_ctl reads it there too.
        if status.exists() and status.read_text().rstrip().endswith("ready"):
            return True
        time.sleep(_POLL_SECONDS)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
