"""An update whose conflicts a person resolves: what it wrote, and what was there before.

The record lies in the workspace's private folder from before the first file is written until the
update is continued or taken back, so that a kill at any point loses neither side.
"""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from generator.changes import (
    LINK_MODE,
    ChangeSet,
    Entry,
    FileState,
    Write,
    apply,
    removal,
    state_of,
)
from generator.errors import ConflictError
from generator.files import put_in_place, staging_folder, write_atomically
from generator.git.index import head_commit, reset_index
from generator.workspace import Workspace

SCHEMA = 1
_FOLDER = "update"
_RECORD, _READY, _BEFORE = "record.json", "ready", "before"


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenFile:
    """A file that the update wrote or removed.

    Attributes:
        path: from the workspace's root.
        before: what was there; None when nothing was.
        after: what the update made of it; None when it removed it.
    """

    path: str
    before: FileState | None
    after: FileState | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UpdatedProject:
    """What was updated: its name, its template, the version it had and the one it got."""

    name: str
    template: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingUpdate:
    """An update that waits for a person to resolve its conflicts.

    Attributes:
        title: the command that began it.
        head: the commit that it was merged into.
        lock: whether uv.lock is to be brought up to date at its end.
        projects: what it updates.
        conflicts: the paths that a person has to decide about.
        files: what it wrote and removed.
        is_ready: whether all of it was written; otherwise it was interrupted and is taken back.
    """

    title: str
    head: str
    lock: bool
    projects: tuple[UpdatedProject, ...]
    conflicts: tuple[str, ...]
    files: tuple[WrittenFile, ...]
    is_ready: bool = False


def pending_update(workspace: Workspace) -> PendingUpdate | None:
    """The update that waits here; None when none does.

    Raises:
        ConflictError: when its record cannot be read.
    """
    folder = _folder(workspace)
    if not folder.is_dir():
        return None
    try:
        document = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        return _parsed(document, is_ready=(folder / _READY).exists())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConflictError(
            f"{folder / _RECORD} cannot be read, so what waits there cannot be ended.",
            hint=f"What was there before it is in {folder / _BEFORE}; `git status` shows the "
            "rest. Remove the folder when you are done.",
        ) from error


def record_update(workspace: Workspace, update: PendingUpdate) -> None:
    """Note what is about to be written, with what is there now; in one step.

    Raises:
        DestinationRefusedError, DiskError: when it cannot be written.
    """
    with staging_folder(workspace.private_dir) as aside:
        folder = aside / _FOLDER
        (folder / _BEFORE).mkdir(parents=True)
        for number, file in enumerate(update.files):
            if file.before is not None:
                place = folder / _BEFORE / str(number)
                shutil.copyfile(workspace.root / file.path, place, follow_symlinks=False)
        document = {"schema": SCHEMA, **asdict(update)}
        del document["is_ready"]
        (folder / _RECORD).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        put_in_place(folder, _folder(workspace))


def mark_ready(workspace: Workspace) -> None:
    """Note that everything was written, so that from now on a person decides."""
    write_atomically(_folder(workspace) / _READY, "", scratch=workspace.private_dir)


def forget_update(workspace: Workspace) -> None:
    """Remove the record, in one step; of a kill in between the next command sweeps the rest."""
    with staging_folder(workspace.private_dir) as aside:
        _folder(workspace).rename(aside / _FOLDER)


def take_back(workspace: Workspace, update: PendingUpdate) -> str:
    """Bring the work tree and the index back to what they were before the update.

    Args:
        workspace: changed; the caller holds it.
        update: what is taken back; its record goes with it.

    Returns:
        The folder in which what a person had written since is kept, from the workspace's root;
        empty when nothing was.

    Raises:
        ConflictError: when there are commits since.
        DestinationRefusedError, DiskError: when something cannot be written.
    """
    if head_commit(workspace.root) != update.head:
        raise ConflictError(
            f"{workspace.root} has commits since the update began.",
            hint="Go back to where it began with git, or finish it: generator update --continue",
        )
    kept = _keep_edits(workspace, update)
    entries = [
        entry
        for number, file in enumerate(update.files)
        if (entry := _entry(workspace, number, file))
    ]
    changes = ChangeSet.of(f"{update.title} --abort", entries)
    apply(workspace.root, changes, undoable=False)
    reset_index(workspace.root, [file.path for file in update.files])
    forget_update(workspace)
    return kept


def _entry(workspace: Workspace, number: int, file: WrittenFile) -> Entry | None:
    there = state_of(workspace.root, file.path)
    if file.before is None:
        return removal(workspace.root, file.path) if there else None
    kept = _folder(workspace) / _BEFORE / str(number)
    is_link = file.before.mode == LINK_MODE
    return Write(
        path=file.path,
        content=os.fsencode(kept.readlink()) if is_link else kept.read_bytes(),
        mode=file.before.mode,
        expects=there,
    )


def _keep_edits(workspace: Workspace, update: PendingUpdate) -> str:
    """Copy what is neither as the update wrote it nor as it was before to a folder aside."""
    edited = []
    for file in update.files:
        there = state_of(workspace.root, file.path)
        if there and there.mode != LINK_MODE and there not in {file.before, file.after}:
            edited.append(file.path)
    if not edited:
        return ""
    number = 1
    while (place := workspace.private_dir / f"aborted-update-{number}").exists():
        number += 1
    with staging_folder(workspace.private_dir) as aside:
        for path in edited:
            target = aside / "kept" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(workspace.root / path, target, follow_symlinks=False)
        put_in_place(aside / "kept", place)
    return place.relative_to(workspace.root).as_posix()


def _folder(workspace: Workspace) -> Path:
    return workspace.private_dir / _FOLDER


def _parsed(document: Mapping[str, Any], *, is_ready: bool) -> PendingUpdate:
    if document["schema"] != SCHEMA:
        raise ValueError(document["schema"])
    return PendingUpdate(
        title=str(document["title"]),
        head=str(document["head"]),
        lock=bool(document["lock"]),
        projects=tuple(UpdatedProject(**row) for row in document["projects"]),
        conflicts=_texts(document["conflicts"]),
        files=tuple(
            WrittenFile(
                path=str(row["path"]), before=_state(row["before"]), after=_state(row["after"])
            )
            for row in document["files"]
        ),
        is_ready=is_ready,
    )


def _texts(rows: Sequence[object]) -> tuple[str, ...]:
    return tuple(map(str, rows))


def _state(row: Mapping[str, Any] | None) -> FileState | None:
    return None if row is None else FileState(mode=int(row["mode"]), digest=str(row["digest"]))
