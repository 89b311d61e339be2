"""Starts the daemon by which Erlang finds the node of an own broker."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from shared.testing.servers import started

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path


def start_epmd(stack: ExitStack, folder: Path, program: Path) -> int:
    """Start it until the stack is closed, and return its port; raises ServerError."""
    tried: list[int] = []

    def command(port: int) -> list[str]:
        tried.append(port)
        return [str(program), "-port", str(port), "-address", "127.0.0.1"]

    def is_ready() -> bool:
        with socket.socket() as connection:
            return connection.connect_ex(("127.0.0.1", tried[-1])) == 0

    supervised, port = started(folder, command, is_ready)
    stack.callback(supervised.communicate)
    return port
