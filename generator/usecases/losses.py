"""Finds what in a service's folder a person wrote, and which of that is nowhere else."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generator import git
from generator.answers import ANSWERS_FILE
from generator.changes import FileState, state_of, writes_of
from generator.errors import GeneratorError
from generator.git.scratch import committed_paths
from generator.usecases.rendered import locate, render_current
from generator.verification.file_list import NOISE
from generator.workspace import SERVICES, Workspace

# Written by tools whenever a service is run or tested.
_MADE_BY_TOOLS = frozenset({".coverage", ".DS_Store"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Losses:
    """What a service's folder holds that its template does not render, from the workspace's root.

    Attributes:
        committed: the files that are in the last commit as they stand.
        only_here: the others: not committed, or ignored by git.
        problem: why nobody can say what was rendered, so that every file is listed; else empty.
    """

    committed: tuple[str, ...] = ()
    only_here: tuple[str, ...] = ()
    problem: str = ""

    def __bool__(self) -> bool:
        return bool(self.committed or self.only_here)


def find_losses(workspace: Workspace, name: str) -> Losses:
    """What would be lost with a service's folder beyond what its template renders again.

    Args:
        workspace: read; nothing of it is run.
        name: a service of it.
    """
    folder = f"{SERVICES}/{name}"
    rendered, problem = _rendered(workspace, name)
    mine = [
        path
        for path in everything_in(workspace, folder)
        if path != f"{folder}/{ANSWERS_FILE}"
        and not is_noise(path)
        and _differs(workspace, path, rendered.get(path))
    ]
    kept = _committed(workspace, mine)
    return Losses(
        committed=tuple(path for path in mine if path in kept),
        only_here=tuple(path for path in mine if path not in kept),
        problem=problem,
    )


def everything_in(workspace: Workspace, folder: str) -> tuple[str, ...]:
    """Every file and link below a folder of a workspace, from the workspace's root, sorted."""
    return tuple(f"{folder}/{path}" for path in files_below(workspace.root / folder))


def files_below(folder: Path) -> tuple[str, ...]:
    """Every file and link below a folder, from there, sorted."""
    found = []
    for parent, folders, names in os.walk(folder):
        # A link to a folder is one thing, and is not followed.
        links = [name for name in folders if Path(parent, name).is_symlink()]
        found += [Path(parent, name).relative_to(folder).as_posix() for name in (*names, *links)]
    return tuple(sorted(found))


def is_noise(path: str) -> bool:
    """Whether a file is made by tools beside the sources, so that nobody misses it."""
    *folders, name = path.split("/")
    return not NOISE.isdisjoint(folders) or name.endswith(".pyc") or name in _MADE_BY_TOOLS


def _rendered(workspace: Workspace, name: str) -> tuple[dict[str, FileState], str]:
    """What its template renders, by path; with the reason where that cannot be had."""
    with tempfile.TemporaryDirectory(prefix="generator-") as aside:
        try:
            found = locate(workspace, name, dev=True)
            render_current(workspace, found, Path(aside) / name)
        except GeneratorError as error:
            return {}, error.message
        writes = writes_of(Path(aside) / name, f"{SERVICES}/{name}")
        return {write.path: write.after for write in writes}, ""


def _differs(workspace: Workspace, path: str, was: FileState | None) -> bool:
    there = state_of(workspace.root, path)
    if was is None or there is None:
        return True
    # Beyond whether it can be run, a mode is the umask's.
    return (was.digest, was.mode & 0o170100) != (there.digest, there.mode & 0o170100)


def _committed(workspace: Workspace, paths: Sequence[str]) -> frozenset[str]:
    """Those of the files that are in the last commit as they stand."""
    try:
        return committed_paths(workspace.root, paths)
    except git.GitError:
        return frozenset()
