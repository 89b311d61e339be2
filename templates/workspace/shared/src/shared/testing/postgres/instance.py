"""Starts an own server on a free port and stops it again."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shared.testing.postgres.binaries import find_binaries
from shared.testing.postgres.cluster import cluster_folder, initialise
from shared.testing.servers import started

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    """Start a server, yield the URL of its superuser and stop it; raises ServerError."""
    binaries = find_binaries()
    options = [word for option in _OPTIONS for word in ("-c", option)]
    with cluster_folder() as folder:
        password = initialise(binaries, folder)
        server = [str(binaries / "postgres"), "-D", str(folder / "data"), *options]
        supervised, port = started(
            folder, lambda port: [*server, "-p", str(port)], lambda: _is_ready(folder)
        )
        try:
            yield f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        finally:
            supervised.communicate()


def _is_ready(folder: Path) -> bool:
    # The server writes its state into the last line of this file; pg_ctl reads it there too.
    status = folder / "data" / "postmaster.pid"
    return status.exists() and status.read_text().rstrip().endswith("ready")
