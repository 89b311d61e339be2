"""Finds the RabbitMQ that is installed."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from shared.testing.servers import ServerError

PATTERNS = (
    "/usr/lib/rabbitmq/bin",
    "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin",
    "/opt/rabbitmq/sbin",
    "/opt/homebrew/opt/rabbitmq/sbin",
    "/usr/local/opt/rabbitmq/sbin",
)
_CURE = """no RabbitMQ server was found: rabbitmq-server is neither on PATH nor in {places}, or \
Erlang's erl and epmd are not on PATH.
Set AMQP_URL, or install the server:
  apt-get install -y --no-install-recommends rabbitmq-server   (Debian, Ubuntu)
  brew install rabbitmq                                        (macOS)"""


class RabbitError(ServerError):
    """No RabbitMQ could be found; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Programs:
    """Where the broker's start script is, and the daemon by which its node is found."""

    server: Path
    epmd: Path


def find_programs(patterns: tuple[str, ...] = PATTERNS) -> Programs:
    """Return the installed programs, PATH's first; raises RabbitError."""
    on_path = shutil.which("rabbitmq-server")
    folders = [Path(on_path).resolve().parent] if on_path else []
    for pattern in patterns:
        folders += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    server, epmd = _server(folders), _epmd()
    if server is None or epmd is None:
        raise RabbitError(_CURE.format(places=", ".join(patterns)))
    return Programs(server=server, epmd=epmd)


def _server(folders: list[Path]) -> Path | None:
    # Packages put a wrapper on PATH that insists on root and changes the user; the script beside
    # `rabbitmq-env` is the one that runs for everybody.
    for folder in folders:
        if (folder / "rabbitmq-env").is_file() and (folder / "rabbitmq-server").is_file():
            return folder / "rabbitmq-server"
    return None


def _epmd() -> Path | None:
    erl = shutil.which("erl")
    if erl is None:
        return None
    root = Path(erl).resolve().parent.parent
    beside = [*root.glob("bin/epmd"), *root.glob("erts-*/bin/epmd")]
    on_path = shutil.which("epmd")
    found = [Path(on_path)] if on_path else sorted(beside)
    return found[0] if found else None
