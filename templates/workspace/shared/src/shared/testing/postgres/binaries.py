"""Finds the PostgreSQL that is installed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from shared.testing.servers import ServerError

PATTERNS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
_CURE = """no PostgreSQL server was found: initdb is neither on PATH nor in {places}.
Set DATABASE_URL to an empty database whose role may create databases, or install the server:
  apt-get install -y --no-install-recommends postgresql   (Debian, Ubuntu)
  brew install postgresql@17                              (macOS)"""


class PostgresError(ServerError):
    """No PostgreSQL could be found or made; the message says what to do."""


def find_binaries(patterns: tuple[str, ...] = PATTERNS) -> Path:
    """Return the folder of initdb and postgres, PATH's or the newest; raises PostgresError."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    for pattern in patterns:
        found += sorted(Path("/").glob(pattern.lstrip("/")), key=_version, reverse=True)
    for folder in found:
        if (folder / "postgres").is_file():
            return folder
    raise PostgresError(_CURE.format(places=", ".join(patterns)))


def _version(folder: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(folder))]
