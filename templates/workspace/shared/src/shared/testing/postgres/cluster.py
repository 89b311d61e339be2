"""Makes the folder of a new PostgreSQL server."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from shared.testing.postgres.binaries import PostgresError
from shared.testing.supervisor import identity

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPTIONS = (
    *("--pgdata=data", "--username=postgres", "--auth=scram-sha-256"),
    *("--encoding=UTF8", "--no-locale", "--no-sync"),
)


@contextmanager
def cluster_folder() -> Iterator[Path]:
    """Yield an empty folder and remove it; root's belongs to nobody: PostgreSQL refuses root."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        _give_away(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def initialise(binaries: Path, folder: Path) -> str:
    """Make a cluster in `data` and return its superuser's password; raises PostgresError."""
    password = secrets.token_hex(16)
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    _give_away(secret)
    _run(folder, binaries / "initdb", f"--pwfile={secret}", *_OPTIONS)
    return password


def _run(folder: Path, program: Path, *arguments: str) -> None:
    user, group, groups = identity(folder)
    try:
        done = subprocess.run(
            [program, *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=folder,
            user=user,
            group=group,
            extra_groups=groups,
        )
    except PermissionError:
        message = f"{program} may not be run by the user who owns {folder}; install it for all"
        raise PostgresError(message) from None
    if done.returncode:
        message = f"{program.name} failed:\n{done.stdout}{done.stderr}"
        raise PostgresError(message)


def _give_away(path: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
