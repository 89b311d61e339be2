"""Finds a free port of the loopback interface."""

import socket


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on right now; somebody may before it is used."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
