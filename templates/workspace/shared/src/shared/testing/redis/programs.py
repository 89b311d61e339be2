"""Finds the Redis that is installed."""

from __future__ import annotations

import shutil

from shared.testing.servers import ServerError

PROGRAMS = ("redis-server", "valkey-server")
_CURE = """no Redis server was found: neither {programs} is on PATH.
Set REDIS_URL, or install the server:
  apt-get install -y --no-install-recommends redis-server   (Debian, Ubuntu)
  brew install redis                                        (macOS)"""


class RedisError(ServerError):
    """No Redis could be found; the message says what to do."""


def find_program() -> str:
    """Return the path of the installed server; raises RedisError."""
    found = [path for path in map(shutil.which, PROGRAMS) if path]
    if not found:
        raise RedisError(_CURE.format(programs=" nor ".join(PROGRAMS)))
    return found[0]
