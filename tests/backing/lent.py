"""A PostgreSQL server that is not the generator's: with its own roles, and with data in it."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from generator.backing.cleanup import Cleanup
from generator.backing.naming import new_password
from generator.backing.postgres import server as postgres_server
from generator.backing.postgres.connection import Connection
from generator.backing.postgres.programs import check_runs, runnable_copy
from generator.backing.postgres.server import Instance
from generator.backing.providers import Request
from generator.backing.server import prepare
from generator.server_url import ServerUrl
from tests.backing.machine import bindir

PASSWORD = "a-word to:quote/@%é"
HBA = """
local all all trust
host all trusted 127.0.0.1/32 trust
host all hashed 127.0.0.1/32 md5
host all plain 127.0.0.1/32 password
hostssl all encrypted 127.0.0.1/32 scram-sha-256
host all encrypted 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
"""
ROLES = (
    "SET password_encryption = 'md5'",
    f"CREATE ROLE hashed LOGIN SUPERUSER PASSWORD '{PASSWORD}'",
    "SET password_encryption = 'scram-sha-256'",
    "CREATE ROLE trusted LOGIN SUPERUSER",
    f"CREATE ROLE plain LOGIN SUPERUSER PASSWORD '{PASSWORD}'",
    f"CREATE ROLE encrypted LOGIN SUPERUSER PASSWORD '{PASSWORD}'",
    f"CREATE ROLE scrambled LOGIN SUPERUSER PASSWORD '{PASSWORD}'",
    f"CREATE ROLE maker LOGIN CREATEDB CREATEROLE PASSWORD '{PASSWORD}'",
    f"CREATE ROLE modest LOGIN CREATEDB PASSWORD '{PASSWORD}'",
    f"CREATE ROLE powerless LOGIN PASSWORD '{PASSWORD}'",
    f"CREATE ROLE owner LOGIN SUPERUSER PASSWORD '{PASSWORD}'",
    "CREATE DATABASE precious",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lent:
    """Somebody's server."""

    admin: ServerUrl
    socket_folder: Path
    has_tls: bool

    def url(self, role: str, *, query: str = "") -> str:
        """Its address for one of its roles."""
        return replace(self.admin, user=role, password=PASSWORD).url + query

    def names(self) -> set[str]:
        """Its databases and roles."""
        with Connection(self.admin) as connection:
            rows = connection.query(
                "SELECT datname FROM pg_database UNION ALL SELECT rolname FROM pg_roles"
            )
        return {name for (name,) in rows if name}


@contextmanager
def lend(variables: Mapping[str, str]) -> Iterator[Lent]:
    """Run such a server."""
    cleanup = Cleanup()
    try:
        with pytest.MonkeyPatch.context() as patch:
            yield _start(variables, cleanup, patch)
    finally:
        cleanup.finish()


def _start(variables: Mapping[str, str], cleanup: Cleanup, patch: pytest.MonkeyPatch) -> Lent:
    directory, setting = prepare(Request(environment=variables), cleanup)
    programs = runnable_copy(bindir().parent, setting, cleanup)
    has_tls = _has_tls(programs)
    options = [f"unix_socket_directories={directory.folder}"]
    if has_tls:
        options += ["ssl=on", *_certificate(directory.folder)]
    patch.setattr(postgres_server, "_OPTIONS", (*postgres_server._OPTIONS, *options))
    major = check_runs(programs, setting, cleanup)
    server = Instance(
        bindir=programs,
        major=major,
        directory=directory,
        setting=setting,
        cleanup=cleanup,
        password=new_password(),
    )
    port = int(server.open().detail.split("127.0.0.1:")[1].split()[0])
    first = postgres_server.own_url(port, server.password)
    (directory.folder / "data" / "pg_hba.conf").write_text(HBA, encoding="utf-8")
    with Connection(first) as connection:
        for statement in (*ROLES, "SELECT pg_reload_conf()"):
            connection.query(statement)
    admin = replace(first, user="owner", password=PASSWORD)
    return Lent(admin=admin, socket_folder=directory.folder, has_tls=has_tls)


def _has_tls(programs: Path) -> bool:
    configured = subprocess.run(
        [programs / "pg_config", "--configure"], capture_output=True, text=True, check=True
    )
    return "ssl" in configured.stdout and shutil.which("openssl") is not None


def _certificate(folder: Path) -> list[str]:
    key, certificate = folder / "server.key", folder / "server.crt"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    owner = folder.stat()
    for path in (key, certificate):
        path.chmod(0o600)
        os.chown(path, owner.st_uid, owner.st_gid)
    return [f"ssl_cert_file={certificate}", f"ssl_key_file={key}"]
