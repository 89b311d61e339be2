"""Starts an own server from the programs of an installation, wherever that lies."""

import base64
import hashlib
import json
import secrets
import signal
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from generator.backing.cleanup import Cleanup
from generator.backing.directory import InstanceDirectory
from generator.backing.model import Opened, ServerInfo
from generator.backing.naming import new_password
from generator.backing.providers import Request, UnsuitableError
from generator.backing.rabbitmq.connection import read_info
from generator.backing.rabbitmq.management import Management
from generator.backing.rabbitmq.programs import Programs
from generator.backing.rabbitmq.vhosts import Vhosts
from generator.backing.server import PORTS_TRIED, prepare, run_server, says_port_taken
from generator.backing.spawn import Setting, spawn
from generator.processes import Child, free_port
from generator.server_url import ServerUrl

ADMIN = "generator"
_START_SECONDS = 90.0
# Nobody looks at statistics, which take time.
_CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{port}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
management.disable_stats = true
management_agent.disable_metrics_collector = true
load_definitions = {definitions}
disk_free_limit.absolute = 1MB
log.console = true
log.file = false
"""
# Its node must be found by nobody else, so it has a register of nodes (epmd) of its own.
_ERLANG = "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1} +Bd"


def start_own(programs: Programs, request: Request, cleanup: Cleanup) -> Opened:
    """Start a server on free ports that ends with its supervisor.

    Raises:
        UnsuitableError: it does not come up, or is too old.
    """
    directory, setting = prepare(request, cleanup)
    setting = replace(setting, environment={**setting.environment, **programs.variables(setting)})
    password = directory.remember("password", new_password)
    try:
        broker = _Broker(programs, directory, setting, password, cleanup)
    except OSError as error:
        raise UnsuitableError(f"its files cannot be written: {error.strerror}") from error
    server = run_server(directory, broker.launch, broker.ask, seconds=_START_SECONDS)
    vhosts = Vhosts(own_url(server.port, password), broker.api, directory.naming)
    account = f" as {setting.account.name}" if setting.account else ""
    return Opened(
        detail=f"{server.said.version} of {programs.server}, own instance on"
        f" 127.0.0.1:{server.port}{account}",
        isolate=vhosts.isolate,
        lines=server.process.lines,
        kept=server.kept,
    )


def own_url(port: int, password: str) -> ServerUrl:
    """Where a server that is ours is, for its administrator."""
    return ServerUrl(
        scheme="amqp", host="127.0.0.1", port=port, user=ADMIN, password=password, path="/"
    )


class _Broker:
    """A server in a folder: what it reads, and how it is started on a port."""

    def __init__(
        self,
        programs: Programs,
        directory: InstanceDirectory,
        setting: Setting,
        password: str,
        cleanup: Cleanup,
    ) -> None:
        self._programs, self._directory, self._cleanup = programs, directory, cleanup
        self._setting = setting
        self._password = password
        cookie = directory.remember("cookie", lambda: secrets.token_hex(16).upper())
        directory.write(".erlang.cookie", cookie)
        self._definitions = directory.write("definitions.json", _definitions(password))
        self._plugins = directory.write("enabled_plugins", "[rabbitmq_management].")
        self._names, self._names_port = self._start_names()
        self.api = self._api(0)

    def launch(self, port: int) -> Child:
        """Start it on a port."""
        self.api = self._api(free_port())
        text = _CONFIGURATION.format(
            port=port, management=self.api.port, definitions=self._definitions
        )
        try:
            configuration = self._directory.write(f"rabbitmq-{port}.conf", text)
        except OSError as error:
            raise UnsuitableError(f"its files cannot be written: {error.strerror}") from error
        variables = {**self._setting.environment, **self._variables(port, configuration)}
        setting = replace(self._setting, environment=variables)
        server = spawn(
            [self._programs.server],
            setting=setting,
            cleanup=self._cleanup,
            # It writes what it holds before it ends.
            last_signal=signal.SIGTERM if self._directory.is_kept else signal.SIGKILL,
        )
        self._directory.entrust(server.pid, self._names.pid)
        return server

    def ask(self, port: int) -> ServerInfo:
        """What it says of itself once it lets its administrator in everywhere."""
        info = read_info(own_url(port, self._password), seconds=2.0)
        self.api.tags()
        return info

    def _api(self, port: int) -> Management:
        return Management(host="127.0.0.1", port=port, user=ADMIN, password=self._password)

    def _start_names(self) -> tuple[Child, int]:
        # By a link in the folder: the guard knows processes by its path.
        program = self._directory.folder / "epmd"
        program.unlink(missing_ok=True)
        program.symlink_to(self._programs.epmd)
        for _ in range(PORTS_TRIED):
            port = free_port()
            argv: list[str | Path] = [program, "-port", str(port), "-address", "127.0.0.1"]
            names = spawn(argv, setting=self._setting, cleanup=self._cleanup)
            self._directory.entrust(names.pid)
            # It says nothing when all is well, and ends at once when the port is taken.
            if names.wait(0.05) is None:
                return names, port
            if not says_port_taken(names):
                break
        raise UnsuitableError("Erlang's register of nodes, epmd, ended", log=names.lines())

    def _variables(self, port: int, configuration: Path) -> Mapping[str, str]:
        folder = self._directory.folder
        return {
            # With this the start script becomes the server, so its process is ours to end.
            "detached": "1",
            "ERL_EPMD_PORT": str(self._names_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP_SECONDS": "0",
            # Its data have the node's name; the register of nodes is its own.
            "RABBITMQ_NODENAME": "generator@localhost",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": str(configuration),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._plugins),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _ERLANG,
        }


def _definitions(password: str) -> str:
    """One administrator; that any are given keeps the well-known guest from being made."""
    salt = secrets.token_bytes(4)
    hashed = base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    return json.dumps(
        {
            "vhosts": [{"name": "/"}],
            "users": [
                {
                    "name": ADMIN,
                    "password_hash": hashed,
                    "hashing_algorithm": "rabbit_password_hashing_sha256",
                    "tags": "administrator",
                }
            ],
            "permissions": [{"user": ADMIN, "vhost": "/", **everything}],
        }
    )
