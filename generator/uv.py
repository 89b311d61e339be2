"""Finds uv and runs it as a program."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

from generator.env_vars import uv_env_vars
from generator.errors import MissingPrerequisiteError

LOCK_FILE = "uv.lock"
PIN_FILE = ".python-version"
# How uv says that it will not lock a project with a Python that its members refuse.
_UNFIT = "incompatible with the project's Python requirement"
_TAIL_LINES = 20
# In a virtual environment: the path that it was made at.
_MADE_AT = "made-at.txt"
# How uv says that it could not reach an index and its cache does not hold what is missing.
_OFFLINE = re.compile(
    r"error sending request|failed to fetch|client error \(connect\)|dns error|connection refused"
    r"|network connectivity is disabled|because the network was disabled|--offline",
    re.IGNORECASE,
)
OFFLINE = (
    "packages are missing from uv's cache and the package index cannot be reached:"
    " connect, or set UV_DEFAULT_INDEX to a mirror"
)
_CAUSE = re.compile(r"^(?:error|\s+cause): (.+)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Interpreter:
    """The Python that a project is locked and installed with on this machine.

    Attributes:
        path: its program; empty when `UV_PYTHON` names one, which uv reads itself.
        pinned: the version that the project asks for; empty when it asks for none.
        fits: whether this is that version.
    """

    path: str
    pinned: str = ""
    fits: bool = True

    @property
    def arguments(self) -> tuple[str, ...]:
        """The words that make uv take it."""
        return ("--python", self.path) if self.path else ()


def find_uv() -> str:
    """The path of uv: our own environment's first, so that its version is the tested one.

    Raises:
        MissingPrerequisiteError: when there is none.
    """
    try:
        return find_uv_bin()
    except FileNotFoundError:
        if found := shutil.which("uv"):
            return found
    raise MissingPrerequisiteError(
        "uv was not found.", hint="Install it: pip install uv, then run the command again."
    )


def find_interpreter(project: Path) -> Interpreter:
    """The Python that the project's `.python-version` asks for, else the one that runs this.

    Nothing is downloaded: on a machine without that version the next best is better than none, and
    whoever runs something with it says so. Ours is named without asking uv, which would look at
    every Python on PATH, each of which may be a slow script.

    Raises:
        MissingPrerequisiteError: when uv is missing.
    """
    if os.environ.get("UV_PYTHON"):
        return Interpreter(path="")
    try:
        pinned = (project / PIN_FILE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        pinned = ""
    own = sys.version_info
    if pinned in {"", f"{own.major}.{own.minor}", f"{own.major}.{own.minor}.{own.micro}"}:
        return Interpreter(path=sys.executable, pinned=pinned)
    found = subprocess.run(
        [find_uv(), "python", "find", "--no-project", pinned],
        cwd=project,
        env=uv_env_vars(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode == 0 and (path := found.stdout.strip()):
        return Interpreter(path=path, pinned=pinned)
    return Interpreter(path=sys.executable, pinned=pinned, fits=False)


def discard_moved_venv(venv: Path) -> None:
    """Remove a virtual environment that was made at another path, or not to its end.

    uv would keep it as it is: its programs would start the Python of the old path, with the
    packages and the editable sources of that one.
    """
    try:
        moved = (venv / _MADE_AT).read_text(encoding="utf-8") != str(venv)
    except OSError:
        moved = True
    if moved:
        shutil.rmtree(venv, ignore_errors=True)


def mark_venv_made(venv: Path) -> None:
    """Say that a virtual environment was made where it is."""
    (venv / _MADE_AT).write_text(str(venv), encoding="utf-8")


def failure_cause(output: str, code: int | None) -> str:
    """Why uv did not do it, in one line; `OFFLINE` where that says nothing of the project.

    Args:
        output: what it printed.
        code: its exit code; None when it ran out of time.
    """
    if _OFFLINE.search(output):
        return OFFLINE
    said = [line.strip().rstrip(".") for line in _CAUSE.findall(output)[:2]]
    ended = "was stopped" if code is None else f"ended with exit code {code}"
    return ": ".join(said) or f"uv {ended}"


def version() -> str:
    """What uv says of itself, and where it is.

    Raises:
        MissingPrerequisiteError: when there is none.
    """
    program = find_uv()
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return f"{said.stdout.strip()} at {program}"


def lock(project: Path, *, offline: bool = False) -> str:
    """Bring the project's uv.lock up to date; return what went wrong, empty when nothing did.

    Args:
        project: where it is.
        offline: answer from uv's cache alone; enough where every package is locked already.

    Raises:
        MissingPrerequisiteError: when uv is missing.
    """
    done = _run(project, "lock", *(("--offline",) if offline else ()))
    if done.returncode == 0:
        return ""
    lines = done.stderr.strip().splitlines() or ["uv lock failed and said nothing"]
    return "\n".join(lines[-_TAIL_LINES:])


def _run(project: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run uv with the Python that runs this: a lock is the same whichever makes it."""
    own = Interpreter(path="" if os.environ.get("UV_PYTHON") else sys.executable)
    done = _run_with(own, project, *arguments)
    if done.returncode != 0 and _UNFIT in done.stderr:
        return _run_with(Interpreter(path=""), project, *arguments)
    return done


def _run_with(
    python: Interpreter, project: Path, *arguments: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [find_uv(), *arguments, *python.arguments, "--quiet", "--project", str(project)],
        cwd=project,
        env=uv_env_vars(os.environ),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
