"""Lists the files of folders: what git tracks or would add, or everything but tools' noise."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from generator.errors import MissingPrerequisiteError
from generator.git import GitError, run_git
from generator.workspace import PRIVATE

# Made by tools beside the sources; where there is no git to say that they are ignored.
NOISE = frozenset(
    {".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", "node_modules"}
    | {".hypothesis", ".import_linter_cache", "htmlcov"}
    | {PRIVATE}
)


def list_files(folder: Path) -> tuple[Path, ...]:
    """Every file of a folder that git tracks or would offer to add; without git, all but noise.

    A tracked file that was deleted is listed: that it is gone is a change.
    """
    return list_files_of(folder, (folder,))[folder]


def list_files_of(root: Path, folders: Sequence[Path]) -> dict[Path, tuple[Path, ...]]:
    """The same of several folders below `root`, by folder, with one question to git for all."""
    # A folder that is a repository of its own is a blank to the one around it.
    asked = [folder for folder in folders if folder == root or not (folder / ".git").exists()]
    found: dict[Path, set[Path]] = {folder: set() for folder in asked}
    by_place = {os.path.relpath(folder, root): folder for folder in asked}
    for name in _listed(root, by_place):
        for place in _parents(name):
            if place in by_place:
                found[by_place[place]].add(root / name)
                break
    # Git names nothing of a folder that it ignores, such as a staging tree.
    return {
        folder: tuple(sorted(found.get(folder) or _listed_alone(folder, root)))
        for folder in folders
    }


def _listed(root: Path, places: Iterable[str]) -> list[str]:
    try:
        listed = run_git(
            "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *places, cwd=root
        )
    except (GitError, MissingPrerequisiteError, OSError):
        return []
    return [name for name in listed.split("\0") if name]


def _listed_alone(folder: Path, root: Path) -> Iterable[Path]:
    if folder != root and (folder / ".git").exists():
        return list_files(folder)
    return walk(folder)


def _parents(name: str) -> Iterator[str]:
    """The folders that a file is in, innermost first."""
    while "/" in name:
        name = name.rpartition("/")[0]
        yield name
    yield "."


def walk(folder: Path) -> Iterator[Path]:
    """Every file below a folder, ignored ones included, but for the noise of tools."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in NOISE]
        yield from (Path(parent) / name for name in names)
