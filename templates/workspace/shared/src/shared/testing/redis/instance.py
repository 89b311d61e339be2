"""Starts an own server on a free port and stops it again."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shared.testing.redis.programs import find_program
from shared.testing.servers import started

if TYPE_CHECKING:
    from collections.abc import Iterator

_READY = "Ready to accept connections"
# The password stands in a file: arguments are for everybody on the machine to see.
_CONFIGURATION = """bind 127.0.0.1
port {port}
requirepass {password}
save ""
appendonly no
"""


@contextmanager
def redis_server() -> Iterator[str]:
    """Yield REDIS_URL if it is set, otherwise the URL of an own server."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield given
        return
    with own_redis() as url:
        yield url


@contextmanager
def own_redis() -> Iterator[str]:
    """Start a server that keeps nothing, yield its URL and stop it; raises ServerError."""
    program, password = find_program(), secrets.token_hex(16)
    folder = Path(tempfile.mkdtemp(prefix="redis-"))
    log, configuration = folder / "log", folder / "redis.conf"

    def command(port: int) -> list[str]:
        configuration.touch(mode=0o600)
        configuration.write_text(_CONFIGURATION.format(port=port, password=password))
        return [program, str(configuration)]

    try:
        supervised, port = started(folder, command, lambda: _READY in _read(log))
        try:
            yield f"redis://:{password}@127.0.0.1:{port}/0"
        finally:
            supervised.communicate()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _read(log: Path) -> str:
    return log.read_text(errors="replace") if log.exists() else ""
