"""Prepares the two sides of the API's benchmarks: each an API and the process it asks for data."""

import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from generator.backing import BackingKind, BackingServices
from tests.benchmarks.bursts import CONNECTIONS, PROCESSES
from tests.benchmarks.pair import COMMAND, KEY, free_port, make_sides, python_path
from tests.benchmarks.servers import Server, Start, running
from tests.benchmarks.workspaces import SERVICE, Ground
from tests.support.checkout import PROJECT

OURS = "business API"
PEER = "minimal FastAPI"
API = "users-api"
PASSWORD_THREADS = 2
PASSWORD_MEMORY_KIB = 46 * 1024
PASSWORD_PASSES = 1
_PEER_MODULE = "tests.benchmarks.peers.minimal_api"
_COMMON = {
    "HOST": "127.0.0.1",
    "JWT_SECRET": secrets.token_urlsafe(32),
    "ACCESS_TOKEN_SECONDS": "86400",
    "PASSWORD_THREADS": str(PASSWORD_THREADS),
    # So that what was read once is read from the cache until the end.
    "CACHE_TTL_SECONDS": "86400",
}
_OURS_ONLY = {
    "SERVICE_NAME": API,
    "DATA_SERVICE_API_KEY": KEY,
    "PASSWORD_MEMORY_KIB": str(PASSWORD_MEMORY_KIB),
    "PASSWORD_PASSES": str(PASSWORD_PASSES),
    # Attempts are counted, and there are many.
    "LOGIN_ATTEMPTS": "100000000",
    "REGISTRATION_ATTEMPTS": "100000000",
    "DRAIN_SECONDS": "0",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """An API and its data process; both together are what a request costs."""

    api: Server
    data: Server

    @property
    def name(self) -> str:
        """For people."""
        return self.api.name

    def cpu_seconds(self) -> float:
        """What both have used of processors so far."""
        return self.api.cpu_seconds() + self.data.cpu_seconds()

    def memory(self) -> float:
        """What both hold in memory, in MiB."""
        return self.api.memory() + self.data.memory()


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A running data process, and how to start the API in front of it."""

    data: Server
    start: Start


@contextmanager
def prepared_sides(ground: Ground, backing: BackingServices) -> Iterator[list[Prepared]]:
    """Render both services and start the data processes: ours first, on one database."""
    workspace = ground.workspace()
    database = backing.isolate(SERVICE, {BackingKind.POSTGRES})
    connections = PROCESSES * CONNECTIONS
    pair = make_sides(ground, workspace, database, connections=connections)
    words = ("fastapi", API, "--data-service", SERVICE, "--with", "auth,cache")
    ground.cli("new-service", *words, "--no-verify", "--no-lock", cwd=workspace).ok()
    folder = workspace / "services" / API
    with ExitStack() as stack:
        data = [stack.enter_context(running(start)) for start in pair]
        common = [
            _common(ground, server, backing.isolate(name, {BackingKind.REDIS}))
            for server, name in zip(data, (API, "minimal-api"), strict=True)
        ]
        ours = common[0] | _OURS_ONLY | {"PYTHONPATH": python_path(workspace, folder)}
        # The peer keeps everything in one Redis, and here so do we.
        ours["CACHE_REDIS_URL"] = ours["REDIS_URL"]
        peer = common[1] | {"PYTHONPATH": str(PROJECT)}
        module = (sys.executable, "-m", _PEER_MODULE)
        starts = (
            Start(name=OURS, words=COMMAND, folder=folder, environment=ours,
                  port=int(ours["PORT"]), ready="/ready"),
            Start(name=PEER, words=module, folder=ground.empty(), environment=peer,
                  port=int(peer["PORT"]), ready="/ready"),
        )  # fmt: skip
        yield [Prepared(data=d, start=s) for d, s in zip(data, starts, strict=True)]


def _common(ground: Ground, data: Server, redis: Mapping[str, str]) -> dict[str, str]:
    address = {
        "DATA_SERVICE_URL": f"http://127.0.0.1:{data.port}",
        "PORT": str(free_port()),
    }
    return ground.environment | _COMMON | address | dict(redis)
