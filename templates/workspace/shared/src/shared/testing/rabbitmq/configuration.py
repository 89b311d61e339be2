"""Writes what an own broker reads: its configuration, its one user and its environment."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

USER = "tests"
_CONFIGURATION = """listeners.tcp.1 = 127.0.0.1:{port}
load_definitions = {definitions}
disk_free_limit.absolute = 1MB
log.console = true
log.file = false
"""
# The break handler would keep SIGINT, which stops the broker, to itself.
_ERLANG = "+Bd -start_epmd false -kernel inet_dist_use_interface {127,0,0,1}"
_SAME_FOR_ALL = {
    "LANG": "C.UTF-8",
    # With this, the start script becomes the broker: signals reach it, and its id is known.
    "detached": "1",
    "ERL_CRASH_DUMP_SECONDS": "0",
    "ERL_EPMD_ADDRESS": "127.0.0.1",
    "RABBITMQ_CONF_ENV_FILE": os.devnull,
    "RABBITMQ_LOGS": "-",
    "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
    "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": _ERLANG,
}


def write_configuration(folder: Path, password: str) -> None:
    """Write what stays the same at every start."""
    definitions = {
        "vhosts": [{"name": "/"}],
        "users": [
            {
                "name": USER,
                "password_hash": _hashed(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": "administrator",
            }
        ],
        "permissions": [
            {"user": USER, "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}
        ],
    }
    (folder / "definitions.json").write_text(json.dumps(definitions))
    (folder / "enabled_plugins").write_text("[].")
    # Erlang makes a cookie by itself, but then from a seed that can be guessed.
    cookie = folder / ".erlang.cookie"
    cookie.touch(mode=0o600)
    cookie.write_text(secrets.token_hex(16).upper())
    cookie.chmod(0o400)


def environment(folder: Path, port: int, distribution: int, epmd: int) -> dict[str, str]:
    """Write the configuration for a port and return all variables that the broker sees."""
    configuration = folder / "rabbitmq.conf"
    configuration.write_text(
        _CONFIGURATION.format(port=port, definitions=folder / "definitions.json")
    )
    return {
        "PATH": os.environ["PATH"],
        **_SAME_FOR_ALL,
        "HOME": str(folder),
        "ERL_EPMD_PORT": str(epmd),
        "RABBITMQ_NODENAME": f"tests{port}@localhost",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "logs"),
        "RABBITMQ_CONFIG_FILE": str(configuration),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
    }


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(4)
    digest = hashlib.sha256(salt + password.encode()).digest()
    return base64.b64encode(salt + digest).decode()
