"""The one thing that this service depends on: somebody who answers ping with pong."""

import os
import socket
from urllib.parse import urlsplit


def answers() -> bool:
    """Whether it is there and answers."""
    url = urlsplit(os.environ["BACKEND_URL"])
    try:
        with socket.create_connection((url.hostname, url.port or 0), timeout=2) as connection:
            connection.sendall(b"ping\n")
            return connection.recv(5) == b"pong\n"
    except OSError:
        return False
