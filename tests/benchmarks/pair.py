"""Prepares the data service and its minimal peer: same interpreter, libraries and database."""

import json
import secrets
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks.servers import Start
from tests.benchmarks.workspaces import SERVICE, TEMPLATE, Ground
from tests.support.checkout import PROJECT

OURS = "data service"
PEER = "minimal FastAPI + asyncpg"
KEY = secrets.token_urlsafe(32)
COMMAND = (sys.executable, "-m", "app")
_PEER_MODULE = "tests.benchmarks.peers.minimal"
# What the data service asks of each of its sessions.
_SESSION = {
    "application_name": SERVICE,
    "statement_timeout": "5000",
    "idle_in_transaction_session_timeout": "10000",
    "plan_cache_mode": "force_custom_plan",
}


def make_pair(
    ground: Ground, workspace: Path, database: Mapping[str, str], *, connections: int
) -> list[Start]:
    """Render the service, migrate the database and say how to start both servers."""
    ground.cli("new-service", TEMPLATE, SERVICE, "--no-verify", "--no-lock", cwd=workspace).ok()
    folder = workspace / "services" / SERVICE
    common = ground.environment | dict(database)
    common |= {"DATABASE_POOL_SIZE": str(connections), "DATABASE_POOL_OVERFLOW": "0"}
    ours = common | {
        "PYTHONPATH": python_path(workspace, folder),
        "SERVICE_NAME": SERVICE,
        "API_KEYS": f"benchmark={KEY}",
        "CREDENTIALS_READERS": "benchmark",
    }
    subprocess.run([*COMMAND, "migrate"], cwd=folder, env=ours, check=True, capture_output=True)
    theirs = common | {"PYTHONPATH": str(PROJECT), "SESSION_SETTINGS": json.dumps(_SESSION)}
    starts = []
    for name, words, environment, place in (
        (OURS, COMMAND, ours, folder),
        # Not in the service's folder: its `tests` would hide ours.
        (PEER, (sys.executable, "-m", _PEER_MODULE), theirs, ground.empty()),
    ):
        port = free_port()
        surroundings = environment | {"PORT": str(port), "HOST": "127.0.0.1"}
        starts.append(
            Start(name=name, words=words, folder=place, environment=surroundings, port=port)
        )
    return starts


def python_path(workspace: Path, service: Path) -> str:
    """Where a service's package is, and the library it shares."""
    return f"{service / 'src'}:{workspace / 'shared' / 'src'}"


def free_port() -> int:
    """A port on loopback that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
