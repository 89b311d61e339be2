"""Makes the workspace's uv.lock for a service before the service is put in place."""

import os
import re
import shutil
import tomllib
from functools import lru_cache
from pathlib import Path

from generator import uv
from generator.errors import DependencyConflictError, DiskError, IndexUnreachableError
from generator.naming import distribution_refusal
from generator.workspace import SERVICES, Workspace

# How uv writes the head of a package from an index: reading the whole lock as TOML takes ten times
# as long.
_REGISTRY_PACKAGE = re.compile(
    r'^\[\[package\]\]\nname = "([^"]+)"\nversion = "([^"]+)"\nsource = \{ registry = ',
    re.MULTILINE,
)
# The environments that a lock was resolved for, or a package in it, one a line.
_ENVIRONMENTS = re.compile(
    r"(?P<opening>^resolution-markers = \[\n)(?P<lines>[^\]]*?)^\]", re.MULTILINE
)
_DISTRIBUTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SEPARATORS = re.compile(r"[-_.]+")
_UNREACHABLE = re.compile(
    r"dns error|failed to fetch|connection refused|network|timed? ?out|offline|tcp connect",
    re.IGNORECASE,
)
_DISK_FAILED = re.compile(
    r"no space left|quota exceeded|file too large|input/output error", re.IGNORECASE
)


def locked_distributions(workspace: Workspace) -> frozenset[str]:
    """The names in the workspace's lock, its own members left out; empty without a lock."""
    return frozenset(name for name, _ in _locked_versions(workspace.root / uv.LOCK_FILE))


def asked_distributions(workspace: Workspace, staged: Path) -> frozenset[str]:
    """What a staged service asks for by name; without a lock, what every other member does too."""
    asked = _requirements(staged / "pyproject.toml")
    if (workspace.root / uv.LOCK_FILE).is_file():
        return asked
    return asked.union(*map(_requirements, _members(workspace.root)))


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
        MissingPrerequisiteError: when uv is missing.
        DiskError: when what uv writes finds no room.
        IndexUnreachableError: when uv needs the network and cannot reach it.
        NameRefusedError: when the lock would hold a distribution of the service's name.
        DependencyConflictError: when the dependencies do not fit together.
    """
    _copy_project(workspace, into, less=name)
    _copy(staged / "pyproject.toml", into / SERVICES / name / "pyproject.toml")
    try:
        made = _lock_from_cache(into, staged) or make_lock(into)
    except DependencyConflictError as error:
        if _brings(into, name):
            raise distribution_refusal(name) from error
        raise
    # uv takes a member for the distribution that some package asks for, where its version allows.
    if f'{{ name = "{name}"' in made.read_text(encoding="utf-8"):
        raise distribution_refusal(name)
    return made


def lock_without(workspace: Workspace, *, name: str, into: Path) -> Path:
    """Lock the workspace as it will be without a service; return the new lock file.

    Args:
        workspace: read, not written.
        name: the service's name.
        into: an empty folder to work in.

    Raises what `make_lock` raises.
    """
    _copy_project(workspace, into, less=name)
    lock_file = into / uv.LOCK_FILE
    kept = lock_file.read_bytes()
    # What is left is locked already, so the index has nothing to add.
    if not _lock(into, offline=True):
        return lock_file
    lock_file.write_bytes(kept)
    return make_lock(into)


def make_lock(project: Path) -> Path:
    """Lock a project; return its lock file.

    Raises:
        MissingPrerequisiteError: when uv is missing.
        DiskError: when what uv writes finds no room.
        IndexUnreachableError: when uv needs the network and cannot reach it.
        DependencyConflictError: when the dependencies do not fit together.
    """
    complaint = _lock(project)
    if not complaint:
        return project / uv.LOCK_FILE
    if _DISK_FAILED.search(complaint):
        raise DiskError("uv could not write what it needs to lock the workspace.", hint=complaint)
    if _UNREACHABLE.search(complaint):
        raise IndexUnreachableError(
            "uv could not reach the package index to lock the workspace.",
            hint="Connect and run the command again, or add --no-lock and run `uv lock` later.\n"
            + complaint,
        )
    raise DependencyConflictError(
        "The service's dependencies do not fit those of the workspace.", hint=complaint
    )


def _lock(project: Path, *, offline: bool = False) -> str:
    """As `uv.lock`, but the environments that were resolved for keep their order.

    uv turns them round from one run to the next, without a meaning: so that what comes and goes
    again leaves the lock as it was, and nobody reads a change that is none.
    """
    lock_file = project / uv.LOCK_FILE
    before = lock_file.read_text(encoding="utf-8") if lock_file.is_file() else ""
    complaint = uv.lock(project, offline=offline)
    if before and not complaint:
        after = lock_file.read_text(encoding="utf-8")
        if (ordered := _in_order_of(before, after)) != after:
            lock_file.write_text(ordered, encoding="utf-8")
    return complaint


def _in_order_of(before: str, after: str) -> str:
    """A lock that has its environments in the order of another one; new ones come last.

    They are listed at its head, and again with each package that has several versions.
    """
    was = _ENVIRONMENTS.search(before)
    if was is None:
        return after
    order = {line: number for number, line in enumerate(was["lines"].splitlines())}

    def sorted_lines(found: re.Match[str]) -> str:
        lines = sorted(found["lines"].splitlines(), key=lambda line: order.get(line, len(order)))
        return found["opening"] + "".join(f"{line}\n" for line in lines) + "]"

    return _ENVIRONMENTS.sub(sorted_lines, after)


def _copy_project(workspace: Workspace, into: Path, *, less: str = "") -> None:
    """Copy what uv reads of a workspace, one of its services left out where it is named."""
    _copy(workspace.root / "pyproject.toml", into / "pyproject.toml")
    for path in _members(workspace.root):
        if path.parent != workspace.service_dir(less):
            _link(path, into / path.relative_to(workspace.root))
    for name in (uv.LOCK_FILE, uv.PIN_FILE):
        if (workspace.root / name).is_file():
            _copy(workspace.root / name, into / name)


def _brings(project: Path, name: str) -> bool:
    """Whether the members need a distribution of this name: seen by giving the name to nobody."""
    member = project / SERVICES / name / "pyproject.toml"
    text = member.read_text(encoding="utf-8")
    member.write_text(text.replace(f'name = "{name}"', f'name = "{name}-service"', 1), "utf-8")
    if _lock(project):
        return False
    return name in {found for found, _ in _locked_versions(project / uv.LOCK_FILE)}


def _lock_from_cache(project: Path, added: Path) -> Path | None:
    """Lock without asking the index; None where the answer could differ from the index's.

    uv keeps every version that is locked already, so where a new member asks for nothing else, the
    index has nothing to add.
    """
    lock_file = project / uv.LOCK_FILE
    before = _locked_versions(lock_file)
    if not _requirements(added / "pyproject.toml") <= {name for name, _ in before}:
        return None
    kept = lock_file.read_bytes()
    if not _lock(project, offline=True) and _locked_versions(lock_file) == before:
        return lock_file
    lock_file.write_bytes(kept)
    return None


def _locked_versions(lock_file: Path) -> frozenset[tuple[str, str]]:
    """Name and version of every package that came from an index; empty without a lock."""
    if not lock_file.is_file():
        return frozenset()
    return _registry_packages(lock_file.read_text(encoding="utf-8"))


@lru_cache(maxsize=2)
def _registry_packages(lock: str) -> frozenset[tuple[str, str]]:
    # The same text is asked about twice for each new service, and with hundreds it is long.
    return frozenset(_REGISTRY_PACKAGE.findall(lock))


def _requirements(pyproject: Path) -> frozenset[str]:
    """The distributions that a member asks for by name, the workspace's own left out."""
    content = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    project = content.get("project", {})
    groups = (
        *content.get("dependency-groups", {}).values(),
        *project.get("optional-dependencies", {}).values(),
    )
    wanted = [*project.get("dependencies", []), *(one for group in groups for one in group)]
    own = {_canonical(name) for name in content.get("tool", {}).get("uv", {}).get("sources", {})}
    # A group may include another one, which is a table and is read where it stands.
    names = (_DISTRIBUTION.match(one) for one in wanted if isinstance(one, str))
    return frozenset(_canonical(name[0]) for name in names if name) - own


def _canonical(name: str) -> str:
    return _SEPARATORS.sub("-", name).lower()


def _members(root: Path) -> list[Path]:
    return sorted((*root.glob("*/pyproject.toml"), *root.glob(f"{SERVICES}/*/pyproject.toml")))


def _link(source: Path, destination: Path) -> None:
    """Have a file that nobody writes in a second place, without copying hundreds of them."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, destination, follow_symlinks=True)
    except OSError:
        shutil.copyfile(source, destination)


def _copy(source: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, destination)
