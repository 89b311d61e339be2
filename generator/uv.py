"""Finds uv and runs it as a program."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from uv import find_uv_bin

from generator.environment import child_environment
from generator.errors import EnvironmentMissingError

LOCK_FILE = "uv.lock"
_TAIL_LINES = 20


def find_uv() -> str:
    """The path of uv: our own environment's first, so that its version is the tested one.

    Raises:
        EnvironmentMissingError: when there is none.
    """
    try:
        return find_uv_bin()
    except FileNotFoundError:
        if found := shutil.which("uv"):
            return found
    raise EnvironmentMissingError(
        "uv was not found.", hint="Install it: pip install uv, then run the command again."
    )


def uv_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for uv and what it runs: no downloads of interpreters, no secrets."""
    return child_environment(os.environ, {"UV_PYTHON_DOWNLOADS": "never", **(extra or {})})


def version() -> str:
    """What uv says of itself, and where it is.

    Raises:
        EnvironmentMissingError: when there is none.
    """
    program = find_uv()
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return f"{said.stdout.strip()} at {program}"


def is_locked(project: Path) -> bool:
    """Whether the project's uv.lock is what its pyproject.toml files ask for."""
    return _run(project, "lock", "--check", "--offline").returncode == 0


def lock(project: Path) -> str:
    """Bring the project's uv.lock up to date; return what went wrong, empty when nothing did.

    Raises:
        EnvironmentMissingError: when uv is missing.
    """
    done = _run(project, "lock")
    if done.returncode == 0:
        return ""
    lines = done.stderr.strip().splitlines() or ["uv lock failed and said nothing"]
    return "\n".join(lines[-_TAIL_LINES:])


def _run(project: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [find_uv(), *arguments, "--quiet", "--project", str(project)],
        cwd=project,
        env=uv_environment(),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
