"""Finds a free port of the loopback interface."""

import random
import socket

# Below what systems give to connections that programs open: whoever tries again and again to reach
# a server that is away could be given the very port that it tries, and keep the server from it.
_LASTING = range(20_000, 30_000)
_TRIES = 50


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on right now; somebody may before it is used."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def lasting_port() -> int:
    """A free port for what may end and come back: no connection of anybody gets its number."""
    for _ in range(_TRIES):
        port = random.choice(_LASTING)  # noqa: S311 - it is no secret
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    return free_port()
