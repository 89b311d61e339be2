"""A RabbitMQ server that is not the generator's: with its own users, and with queues in it."""

import json
import os
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from generator.backing import providers
from generator.backing.model import RefusedError
from generator.backing.rabbitmq.connection import read_info
from generator.backing.rabbitmq.management import Management
from generator.backing.rabbitmq.programs import Programs, find_installed
from generator.processes import free_port
from generator.server_url import ServerUrl
from tests.backing.machine import wait_until

PASSWORD = "a-word to:quote/@%é"
# Users: what they may do, and where they may declare things.
_USERS = {
    "owner": ("administrator", ".*"),
    "modest": ("", ".*"),
    "fenced": ("", "other"),
}


def installed() -> Programs:
    """RabbitMQ on this machine.

    Raises:
        UnsuitableError: there is none.
    """
    return find_installed(providers.Request(environment={"PATH": os.environ["PATH"]}))


@dataclass(frozen=True, kw_only=True, slots=True)
class Lent:
    """Somebody's server."""

    port: int
    management: int

    @property
    def place(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self.port}"

    @property
    def api(self) -> Management:
        """Its management API, for its owner."""
        return self.api_of("owner")

    def api_of(self, user: str) -> Management:
        """Its management API, for one of its users."""
        host = "127.0.0.1"
        return Management(host=host, port=self.management, user=user, password=PASSWORD)

    @property
    def managed(self) -> dict[str, str]:
        """The variable that says where its management API is."""
        return {"GENERATOR_RABBITMQ_MANAGEMENT_URL": f"http://127.0.0.1:{self.management}"}

    def url(self, user: str = "owner", *, vhost: str = "theirs") -> str:
        """Its address for one of its users."""
        return f"amqp://{user}:{quote(PASSWORD, safe='')}@{self.place}/{vhost}"

    def inventory(self) -> set[str]:
        """Everything that is in it: virtual hosts, users, queues and exchanges."""
        return {
            f"{kind} {item['name']}"
            for kind in ("vhosts", "users", "queues", "exchanges")
            for item in self._listed(kind)
        }

    def _listed(self, kind: str) -> list[dict[str, str]]:
        login = b64encode(f"owner:{PASSWORD}".encode()).decode()
        with closing(HTTPConnection("127.0.0.1", self.management, timeout=10)) as connection:
            connection.request("GET", f"/api/{kind}", headers={"Authorization": f"Basic {login}"})
            listed: list[dict[str, str]] = json.load(connection.getresponse())
        return listed


@contextmanager
def lend(programs: Programs, folder: Path) -> Iterator[Lent]:
    """Run such a server in a folder, with a node register of its own."""
    lent = Lent(port=free_port(), management=free_port())
    names = free_port()
    epmd: list[str | Path] = [programs.epmd, "-port", str(names), "-address", "127.0.0.1"]
    with (
        subprocess.Popen(epmd, env={"HOME": str(folder)}) as register,
        subprocess.Popen(
            [programs.server],
            env=_variables(folder, lent, names),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            wait_until(lambda: _answers(lent), seconds=90)
            yield lent
        finally:
            process.kill()
            register.kill()


def _variables(folder: Path, lent: Lent, names: int) -> dict[str, str]:
    (folder / "definitions.json").write_text(json.dumps(_definitions()), encoding="utf-8")
    (folder / "plugins").write_text("[rabbitmq_management].", encoding="utf-8")
    (folder / "rabbitmq.conf").write_text(
        f"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {lent.management}\n"
        f"load_definitions = {folder}/definitions.json\n",
        encoding="utf-8",
    )
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "detached": "1",
        "ERL_EPMD_PORT": str(names),
        "RABBITMQ_NODENAME": f"lent{lent.port}@localhost",
        "RABBITMQ_NODE_PORT": str(lent.port),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-start_epmd false",
    }


def _definitions() -> dict[str, object]:
    return {
        "vhosts": [{"name": "theirs"}],
        "users": [
            {"name": name, "password": PASSWORD, "tags": tags}
            for name, (tags, _) in _USERS.items()
        ],
        "permissions": [
            {"user": name, "vhost": "theirs", "configure": names, "write": ".*", "read": ".*"}
            for name, (_, names) in _USERS.items()
        ],
        "queues": [
            {"name": name, "vhost": "theirs", "durable": True, "auto_delete": False,
             "arguments": {}}
            for name in ("precious", "verify_somebody.else")
        ],
    }  # fmt: skip


def _answers(lent: Lent) -> bool:
    address = ServerUrl.parse(lent.url(), "amqp")
    try:
        return bool(read_info(address)) and bool(lent.api.tags())
    except (OSError, RefusedError):
        return False
