"""A PostgreSQL server that is not the generator's: with its own roles, and with data in it."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from generator.backing.own import prepare
from generator.backing.postgres import instance
from generator.backing.postgres.address import Address
from generator.backing.postgres.binaries import check_runs, runnable_copy
from generator.backing.postgres.instance import Instance
from generator.backing.postgres.wire import Connection
from generator.backing.undo import Undo
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

    admin: Address
    socket_folder: Path
    has_tls: bool

    def url(self, role: str, *, query: str = "") -> str:
        """Its address for one of its roles."""
        address = Address(host=self.admin.host, port=self.admin.port, user=role, password=PASSWORD)
        return address.url + query

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
    undo = Undo()
    try:
        with pytest.MonkeyPatch.context() as patch:
            yield _start(variables, undo, patch)
    finally:
        undo.finish()


def _start(variables: Mapping[str, str], undo: Undo, patch: pytest.MonkeyPatch) -> Lent:
    workplace, setting = prepare(variables, undo)
    programs = runnable_copy(bindir().parent, setting, undo)
    has_tls = _has_tls(programs)
    options = [f"unix_socket_directories={workplace.folder}"]
    if has_tls:
        options += ["ssl=on", *_certificate(workplace.folder)]
    patch.setattr(instance, "_OPTIONS", (*instance._OPTIONS, *options))
    major = check_runs(programs, setting, undo)
    server = Instance(bindir=programs, major=major, workplace=workplace, setting=setting, undo=undo)
    port = int(server.open().detail.split("127.0.0.1:")[1].split()[0])
    first = Address(host="127.0.0.1", port=port, user="postgres", password=server._password)
    (workplace.folder / "data" / "pg_hba.conf").write_text(HBA, encoding="utf-8")
    with Connection(first) as connection:
        for statement in (*ROLES, "SELECT pg_reload_conf()"):
            connection.query(statement)
    admin = replace(first, user="owner", password=PASSWORD)
    return Lent(admin=admin, socket_folder=workplace.folder, has_tls=has_tls)


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
