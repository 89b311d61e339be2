"""Finds and removes what services that are gone and older template versions left behind."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.changes import ChangeSet, apply
from generator.errors import GeneratorError
from generator.files import refuse_links
from generator.naming import env_prefix
from generator.sources.mirror import cache_folder
from generator.sources.own import find_source
from generator.usecases.reporter import Reporter
from generator.usecases.wiring_files import ENV_FILE, env_entries, env_text, plan_sync
from generator.usecases.workspace_lock import workspace_lock
from generator.verification import SHARED_SUBJECT, WORKSPACE_SUBJECT
from generator.wiring import orphaned_secrets, without_secrets
from generator.workspace import PRIVATE, Workspace

# A run that reads an exported version is over long before.
_UNUSED_SECONDS = 24 * 3600
# Where each subject of a verification has something of its own.
_PER_SUBJECT = ("envs", "cache", "verified", "up/envs", "up/cache")


@dataclass(frozen=True, kw_only=True, slots=True)
class Leftovers:
    """What nobody needs any more.

    Attributes:
        folders: below `.generator/`, of services that are gone.
        secrets: names in `.env`, of services and links that are gone.
    """

    folders: tuple[Path, ...]
    secrets: tuple[str, ...]

    def described(self) -> tuple[str, ...]:
        """One line for each kind of thing."""
        lines = [f"{PRIVATE}{str(folder).rpartition(PRIVATE)[2]}" for folder in self.folders]
        return (*lines, *(f"{name} in {ENV_FILE}" for name in self.secrets))


def find_leftovers(workspace: Workspace) -> Leftovers:
    """What services that are gone left in a workspace.

    Raises:
        GeneratorError: when the workspace's services cannot be read.
    """
    plan = plan_sync(workspace)
    known = {SHARED_SUBJECT, WORKSPACE_SUBJECT}
    known |= {answers.service_name for answers in workspace.services()}
    kept = [env_prefix(one.name) for one in plan.inventory.unjudged]
    return Leftovers(
        folders=tuple(_folders(workspace, known)),
        secrets=orphaned_secrets(plan.wiring, env_text(workspace), kept=kept),
    )


def remove_leftovers(workspace: Workspace, report: Reporter) -> Leftovers:
    """Remove what services that are gone left in a workspace; return what that was.

    Raises:
        ConflictError: when another generator changes the workspace.
        GeneratorError: when the workspace's services cannot be read.
    """
    with workspace_lock(workspace, report):
        found = find_leftovers(workspace)
        refuse_links(workspace.root, *found.folders)
        text = without_secrets(env_text(workspace), found.secrets)
        if found.secrets:
            apply(workspace.root, ChangeSet.of("doctor --clean", env_entries(workspace, text)))
        for folder in found.folders:
            _remove(folder)
    return found


def remove_scratch_of(workspace: Workspace, name: str) -> None:
    """Remove the environments, caches and records of a service that is gone.

    Raises:
        DestinationRefusedError: when a link stands where one of them would be.
    """
    folders = tuple(path for path in _scratch(workspace) if _subject(path) == name)
    refuse_links(workspace.root, *folders)
    for folder in folders:
        _remove(folder)


def old_exports() -> tuple[Path, ...]:
    """The exported template versions in the cache that are neither the current one nor in use."""
    try:
        current = find_source(dev=True).commit
    except GeneratorError:
        current = ""
    before = time.time() - _UNUSED_SECONDS
    folders = (cache_folder() / "templates").glob("*")
    return tuple(
        sorted(f for f in folders if f.name != current and f.is_dir() and _changed(f) < before)
    )


def remove_old_exports() -> tuple[Path, ...]:
    """Remove them; return those that are gone."""
    found = old_exports()
    for folder in found:
        _remove(folder)
    return tuple(folder for folder in found if not folder.exists())


def _folders(workspace: Workspace, known: set[str]) -> Iterator[Path]:
    return (path for path in _scratch(workspace) if _subject(path) not in known)


def _scratch(workspace: Workspace) -> Iterator[Path]:
    for name in _PER_SUBJECT:
        yield from sorted((workspace.private_dir / name).glob("*"))


def _subject(path: Path) -> str:
    # An environment has a lock beside it, by the same name.
    return path.name.removeprefix(".").removesuffix(".lock")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return time.time()
