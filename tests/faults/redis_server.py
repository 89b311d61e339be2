"""An own Redis that can be restarted on the same port, and then has forgotten everything."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.backing.providers import UnsuitableError
from shared.testing.processes import free_port

_START_SECONDS = 20.0


class ForgetfulRedis:
    """Keeps nothing on disk; `url` stays the same."""

    def __init__(self, folder: Path) -> None:
        self._program, self._folder, self._port = _program(), folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it and return when it accepts connections."""
        words = ["--port", str(self._port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        self._process = subprocess.Popen(
            [self._program, *words, "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + _START_SECONDS
        while not self._accepts():
            assert time.monotonic() < deadline, "Redis did not start"
            time.sleep(0.01)

    def kill(self) -> None:
        """End it as `kill -9` does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _accepts(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._port), 1):
                return True
        except OSError:
            return False


def _program() -> str:
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        raise UnsuitableError("neither redis-server nor valkey-server is on PATH")
    return found


@contextmanager
def forgetful_redis(folder: Path) -> Iterator[ForgetfulRedis]:
    """Start one and end it."""
    server = ForgetfulRedis(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()
