"""Starts an own broker on free ports, kills it, starts it again and stops it."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shared.testing.ports import free_port
from shared.testing.rabbitmq.configuration import USER, environment, write_configuration
from shared.testing.rabbitmq.epmd import start_epmd
from shared.testing.rabbitmq.programs import find_programs
from shared.testing.servers import started

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

_GREETING, _METHOD_FRAME, _ANSWER_SECONDS = b"AMQP\0\0\x09\x01", b"\x01", 5.0


@contextmanager
def rabbitmq_server() -> Iterator[str]:
    """Yield AMQP_URL if it is set, otherwise the URL of an own broker."""
    given = os.environ.get("AMQP_URL")
    if given:
        yield given
        return
    with own_broker() as broker:
        yield broker.url


@contextmanager
def own_broker() -> Iterator[OwnBroker]:
    """Start a broker, yield it and remove everything of it; raises ServerError."""
    programs = find_programs()
    with ExitStack() as stack:
        names, folder = _folder(stack, "epmd-"), _folder(stack, "rabbitmq-")
        epmd = start_epmd(stack, names, programs.epmd)
        broker = OwnBroker(programs.server, folder, epmd)
        broker.start()
        stack.callback(broker.stop)
        yield broker


class OwnBroker:
    """A broker that can be killed and started again on the data it had; `url` stays the same."""

    def __init__(self, program: Path, folder: Path, epmd: int) -> None:
        self.url = ""
        self._program, self._folder, self._epmd = program, folder, epmd
        self._password = secrets.token_hex(16)
        self._port: int | None = None
        self._supervised: subprocess.Popen[bytes] | None = None
        write_configuration(folder, self._password)

    def start(self) -> None:
        """Start it and return as soon as it talks AMQP; raises ServerError."""
        ready = self._is_ready
        self._supervised, self._port = started(self._folder, self._command, ready, self._port)
        self.url = f"amqp://{USER}:{self._password}@127.0.0.1:{self._port}/"

    def kill(self) -> None:
        """End it as `kill -9` does; what it confirmed must be there after `start`."""
        os.kill(int((self._folder / "pid").read_text()), signal.SIGKILL)
        if self._supervised is not None:
            # The supervisor keeps the folder of a server that ended by itself.
            self._supervised.wait()
            self._supervised.communicate()

    def stop(self) -> None:
        """End it and remove its data."""
        if self._supervised is not None:
            self._supervised.communicate()

    def _command(self, port: int) -> list[str]:
        self._trying = port
        variables = environment(self._folder, port, free_port(), self._epmd)
        return ["env", "-i", *map("=".join, variables.items()), str(self._program)]

    def _is_ready(self) -> bool:
        try:
            address = "127.0.0.1", self._trying
            with socket.create_connection(address, _ANSWER_SECONDS) as connection:
                connection.sendall(_GREETING)
                return connection.recv(1) == _METHOD_FRAME
        except OSError:
            return False


def _folder(stack: ExitStack, prefix: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder
