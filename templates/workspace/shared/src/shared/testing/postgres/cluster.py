"""Makes the folder of a new PostgreSQL server."""

from __future__ import annotations

import os
import pwd
import secrets
import subprocess
import tempfile
from pathlib import Path

from shared.testing.postgres.binaries import PostgresError

_INITDB = ("--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale")


def new_cluster(binaries: Path) -> tuple[Path, str]:
    """Return a folder with a new cluster in `data`, and its password; raises PostgresError.

    PostgreSQL refuses to run as root, so root's folder belongs to `nobody`.
    """
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    password = secrets.token_hex(16)
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    user, group = _owner()
    if user is not None and group is not None:
        os.chown(folder, user, group)
        os.chown(secret, user, group)
    done = subprocess.run(
        [binaries / "initdb", "-D", folder / "data", f"--pwfile={secret}", "--no-sync", *_INITDB],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env=server_environment(folder),
        user=user,
        group=group,
        extra_groups=None if user is None else [],
    )
    if done.returncode:
        message = f"initdb failed:\n{done.stdout}{done.stderr}"
        raise PostgresError(message)
    return folder, password


def server_environment(folder: Path) -> dict[str, str]:
    """Return this process's environment without what would redirect PostgreSQL."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"HOME": str(folder)}


def _owner() -> tuple[int | None, int | None]:
    if os.geteuid() != 0:
        return None, None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid
