"""Prepares the data service and its peers: same interpreter, libraries and database."""

import json
import secrets
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.servers import Start
from tests.benchmarks.workspaces import SERVICE, TEMPLATE, Ground
from tests.support.checkout import PROJECT

OURS = "data service"
PEER = "minimal FastAPI + asyncpg"
KEY = secrets.token_urlsafe(32)
COMMAND = (sys.executable, "-m", "app")
# Each peer's module, and what its environment says beside what all have.
_MODULES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    PEER: ("minimal", {}),
    "the usual parts": ("usual", {}),
    "the usual parts, ASGI log": ("usual", {"ASGI_LOG": "1"}),
    "template style, DAO": ("dao_style", {}),
    "template style, sync": ("sync_style", {}),
}
PEERS = tuple(_MODULES)
# What the data service asks of each of its sessions.
_SESSION = {
    "application_name": SERVICE,
    "statement_timeout": "5000",
    "idle_in_transaction_session_timeout": "10000",
    "plan_cache_mode": "force_custom_plan",
}


def make_sides(
    ground: Ground,
    workspace: Path,
    database: Mapping[str, str],
    *,
    connections: int,
    peers: Sequence[str] = (PEER,),
) -> list[Start]:
    """Render the service, migrate the database and say how to start ours and these peers."""
    ground.cli("new-service", TEMPLATE, SERVICE, "--no-verify", "--no-lock", cwd=workspace).ok()
    folder = workspace / "services" / SERVICE
    common = ground.environment | dict(database)
    common |= {
        "DATABASE_POOL_SIZE": str(connections),
        "DATABASE_POOL_OVERFLOW": "0",
        "API_KEYS": f"benchmark={KEY}",
    }
    ours = common | {
        "PYTHONPATH": python_path(workspace, folder),
        "SERVICE_NAME": SERVICE,
        "CREDENTIALS_READERS": "benchmark",
    }
    subprocess.run([*COMMAND, "migrate"], cwd=folder, env=ours, check=True, capture_output=True)
    starts = [_start(OURS, COMMAND, folder, ours)]
    theirs = common | {"PYTHONPATH": str(PROJECT), "SESSION_SETTINGS": json.dumps(_SESSION)}
    for name in peers:
        module, own = _MODULES[name]
        words = (sys.executable, "-m", f"tests.benchmarks.peers.{module}")
        # Not in the service's folder: its `tests` would hide ours.
        starts.append(_start(name, words, ground.empty(), theirs | dict(own)))
    return starts


def _start(name: str, words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Start:
    port = free_port()
    surroundings = {**environment, "PORT": str(port), "HOST": "127.0.0.1"}
    # In production ours does not serve its description.
    ready = "/ready" if name == OURS else "/openapi.json"
    return Start(
        name=name, words=words, folder=folder, environment=surroundings, port=port, ready=ready
    )


def python_path(workspace: Path, service: Path) -> str:
    """Where a service's package is, and the library it shares."""
    return f"{service / 'src'}:{workspace / 'shared' / 'src'}"


def free_port() -> int:
    """A port on loopback that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
