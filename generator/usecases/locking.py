"""Makes the workspace's uv.lock for a service before the service is put in place."""

import re
import shutil
import tomllib
from pathlib import Path

from generator import uv
from generator.errors import GeneratorError, MissingPrerequisiteError
from generator.workspace import SERVICES, Workspace

_UNREACHABLE = re.compile(
    r"dns error|failed to fetch|connection refused|network|timed? ?out|offline|tcp connect",
    re.IGNORECASE,
)


def locked_distributions(workspace: Workspace) -> frozenset[str]:
    """The names in the workspace's lock, its own members left out; empty without a lock."""
    path = workspace.root / uv.LOCK_FILE
    if not path.is_file():
        return frozenset()
    packages = tomllib.loads(path.read_text(encoding="utf-8")).get("package", [])
    return frozenset(
        package["name"] for package in packages if "registry" in package.get("source", {})
    )


def lock_with(workspace: Workspace, *, staged: Path, name: str, into: Path) -> Path:
    """Lock the workspace as it will be with a staged service; return the new lock file.

    uv reads nothing of a member but its pyproject.toml, so a copy of those is enough: when it
    cannot resolve them, the workspace has not been touched.

    Args:
        workspace: read, not written.
        staged: the rendered service.
        name: the service's name.
        into: an empty folder to work in.

    Raises:
        MissingPrerequisiteError: when uv is missing, or needs the network and cannot reach it.
        GeneratorError: when the dependencies do not fit together.
    """
    for path in (workspace.root / "pyproject.toml", *_members(workspace.root)):
        _copy(path, into / path.relative_to(workspace.root))
    _copy(staged / "pyproject.toml", into / SERVICES / name / "pyproject.toml")
    for name_of_file in (uv.LOCK_FILE, uv.PIN_FILE):
        if (workspace.root / name_of_file).is_file():
            _copy(workspace.root / name_of_file, into / name_of_file)
    return make_lock(into)


def make_lock(project: Path) -> Path:
    """Lock a project; return its lock file.

    Raises:
        MissingPrerequisiteError: when uv is missing, or needs the network and cannot reach it.
        GeneratorError: when the dependencies do not fit together.
    """
    complaint = uv.lock(project)
    if not complaint:
        return project / uv.LOCK_FILE
    if _UNREACHABLE.search(complaint):
        raise MissingPrerequisiteError(
            "uv could not reach the package index to lock the workspace.",
            hint="Connect and run the command again, or add --no-lock and run `uv lock` later.\n"
            + complaint,
        )
    raise GeneratorError(
        "The service's dependencies do not fit those of the workspace.", hint=complaint
    )


def _members(root: Path) -> list[Path]:
    return sorted((*root.glob("*/pyproject.toml"), *root.glob(f"{SERVICES}/*/pyproject.toml")))


def _copy(source: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, destination)
