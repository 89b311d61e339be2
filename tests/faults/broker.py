"""An own RabbitMQ that can be killed and started again on the data it had."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from generator.backing.cleanup import Cleanup
from generator.backing.providers import Request
from generator.backing.rabbitmq.programs import Programs, find_installed
from generator.backing.server import prepare, run_server
from generator.backing.spawn import spawn
from generator.processes import Child, free_port

if TYPE_CHECKING:
    from pathlib import Path

_GREETING, _METHOD_FRAME, _ANSWER_SECONDS = b"AMQP\0\0\x09\x01", b"\x01", 5.0
_START_SECONDS = 90.0
_CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{port}
disk_free_limit.absolute = 1MB
log.console = true
log.file = false
"""
_SAME_FOR_ALL = {
    "LANG": "C.UTF-8",
    # With this the start script becomes the broker: a kill hits it.
    "detached": "1",
    "ERL_EPMD_ADDRESS": "127.0.0.1",
    "ERL_CRASH_DUMP_SECONDS": "0",
    "RABBITMQ_CONF_ENV_FILE": os.devnull,
    "RABBITMQ_LOGS": "-",
    "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
    "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-start_epmd false +Bd",
}


class OwnBroker:
    """Keeps its port, so `url` stays the same; ends with `cleanup`."""

    def __init__(self, programs: Programs, cleanup: Cleanup) -> None:
        self._server, self._cleanup = programs.server, cleanup
        self._directory, setting = prepare(Request(environment=os.environ), cleanup)
        self._setting = replace(
            setting, environment={**setting.environment, **programs.variables(setting)}
        )
        self.folder = self._directory.folder
        plugins = self._directory.write("enabled_plugins", "[].")
        self._names_port = free_port()
        # By a link in the folder: the guard knows processes by its path.
        register = self.folder / "epmd"
        register.symlink_to(programs.epmd)
        words: list[str | Path] = [register, "-port", str(self._names_port)]
        self._names = spawn(words, setting=self._setting, cleanup=cleanup)
        self._variables = {
            **self._setting.environment,
            **_SAME_FOR_ALL,
            "ERL_EPMD_PORT": str(self._names_port),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
        }
        started = run_server(self._directory, self._launch, _ask, seconds=_START_SECONDS)
        self._process, self.port = started.process, started.port

    @property
    def url(self) -> str:
        """Its address, as guest."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def kill(self) -> None:
        """End it as `kill -9` does; what it confirmed must be there after `start`."""
        self._process.end()

    def start(self) -> None:
        """Start it again, and return as soon as it talks AMQP."""
        self._process = self._spawn()
        deadline = _START_SECONDS
        while not _talks(self.port):
            assert self._process.wait(0.01) is None, self._process.lines()
            deadline -= 0.01
            assert deadline > 0, self._process.lines()

    def _launch(self, port: int) -> Child:
        self.folder.joinpath("rabbitmq.conf").unlink(missing_ok=True)
        written = self._directory.write("rabbitmq.conf", _CONFIGURATION.format(port=port))
        self._variables |= {
            "RABBITMQ_NODENAME": f"faults{port}@localhost",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_CONFIG_FILE": str(written),
        }
        return self._spawn()

    def _spawn(self) -> Child:
        setting = replace(self._setting, environment=self._variables)
        server = spawn([self._server], setting=setting, cleanup=self._cleanup)
        self._directory.entrust(server.pid, self._names.pid)
        return server


def _talks(port: int) -> bool:
    try:
        _ask(port)
    except OSError:
        return False
    return True


def _ask(port: int) -> bool:
    """Whether it answers the client's greeting; raises `OSError` while it does not."""
    with socket.create_connection(("127.0.0.1", port), _ANSWER_SECONDS) as connection:
        connection.sendall(_GREETING)
        if connection.recv(1) != _METHOD_FRAME:
            raise ConnectionError("it does not talk AMQP yet")
    return True


@contextmanager
def own_broker() -> Iterator[OwnBroker]:
    """Start a broker and remove everything of it; raises `UnsuitableError` where there is none."""
    cleanup = Cleanup()
    try:
        programs = find_installed(Request(environment=os.environ))
        yield OwnBroker(programs, cleanup)
    finally:
        cleanup.finish()
