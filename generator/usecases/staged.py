"""Finishes a workspace made aside: wired, locked, and compared with the one it replaces."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from generator.changes import (
    FILE_MODE,
    LINK_MODE,
    PROGRAM_MODE,
    Entry,
    FileState,
    Write,
    apply,
    removal,
    state_of,
)
from generator.usecases.uv_lock import make_lock
from generator.usecases.wiring_files import plan_sync, refuse_hand_edits, secrets_entries
from generator.uv import LOCK_FILE
from generator.workspace import Workspace


def wire_and_lock(staged: Workspace, touched: Iterable[str], *, lock: bool) -> tuple[str, ...]:
    """Bring the generated files and uv.lock of a staged workspace in line with its services.

    Args:
        staged: changed.
        touched: the paths in it that differ from the workspace that it replaces.
        lock: whether uv.lock follows.

    Returns:
        The paths that were changed.

    Raises:
        WiringError: when the answers contradict each other.
        ConflictError: when a generated file was edited by hand.
        GeneratorError: when it cannot be locked.
    """
    plan = plan_sync(staged)
    refuse_hand_edits(staged, plan.changes)
    apply(staged.root, plan.changes, undoable=False)
    return (*plan.changes.paths, *(_lock(staged, touched) if lock else ()))


def entries_between(
    workspace: Workspace, staged: Workspace, paths: Iterable[str]
) -> Iterator[Entry]:
    """What makes the workspace's files at these paths those of the staged one, `.env` too."""
    yield from file_entries(workspace.root, staged.root, paths)
    yield from secrets_entries(workspace, plan_sync(staged).wiring)


def file_entries(root: Path, staged: Path, paths: Iterable[str]) -> Iterator[Entry]:
    """What makes the files of a folder at these paths those of another one."""
    for path in sorted(set(paths)):
        wanted, there = state_of(staged, path), state_of(root, path)
        if wanted is None:
            if there is not None:
                yield removal(root, path)
            continue
        at = staged / path
        is_link = wanted.mode == LINK_MODE
        yield Write(
            path=path,
            content=os.fsencode(at.readlink()) if is_link else at.read_bytes(),
            mode=_mode(wanted, there),
            expects=there,
        )


def _lock(staged: Workspace, touched: Iterable[str]) -> tuple[str, ...]:
    """Lock the staged workspace if what members ask for may have changed."""
    if not any(Path(path).name == "pyproject.toml" for path in touched):
        return ()
    if not (staged.root / LOCK_FILE).is_file():
        return ()
    before = (staged.root / LOCK_FILE).read_bytes()
    make_lock(staged.root)
    return (LOCK_FILE,) if (staged.root / LOCK_FILE).read_bytes() != before else ()


def _mode(wanted: FileState, there: FileState | None) -> int:
    """The mode to write: the template decides what is a program, the person's umask the rest."""
    if wanted.mode == LINK_MODE:
        return LINK_MODE
    runs = bool(wanted.mode & 0o100)
    if there is not None and there.mode != LINK_MODE and bool(there.mode & 0o100) == runs:
        return there.mode
    return PROGRAM_MODE if runs else FILE_MODE
