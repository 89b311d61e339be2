"""Takes back the last command that changed a workspace, from what it replaced."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator.changes import (
    ChangeSet,
    Entry,
    Move,
    Write,
    apply,
    forget_last,
    state_behind,
    state_of,
    undo_of_last,
)
from generator.errors import ConflictError, UsageError
from generator.usecases.local_data import LocalData, refuse_running, rename_local_data
from generator.usecases.renamed import Renaming
from generator.usecases.reporter import Reporter
from generator.usecases.wiring_files import ENV_FILE, refuse_committed_link
from generator.usecases.workspace_lock import report_interrupted, workspace_lock
from generator.workspace import Workspace

_SHOWN = 8
_RENAMING = re.compile(r"(?P<undo>undo: )?rename-service (?P<old>\S+) (?P<new>\S+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Undone:
    """What was done, or would be: every path as it was before the last command.

    Attributes:
        changes: what was written.
        local: what became of the local data, where a renaming was undone.
    """

    changes: ChangeSet
    local: LocalData = field(default_factory=LocalData)


def undo_last(workspace: Workspace, report: Reporter, *, dry_run: bool = False) -> Undone:
    """Bring the workspace's files back as they were before the last command, byte for byte.

    To undo it again is to do that command again.

    Raises:
        UsageError: when there is nothing to undo.
        ConflictError: when something that would be brought back was changed since; it names
            all of it, and nothing is written.
    """
    if dry_run:
        report_interrupted(workspace, report)
        return _planned(workspace)
    with workspace_lock(workspace, report):
        undone = _planned(workspace)
        renaming = _renaming(undone.changes.title)
        if renaming:
            refuse_running(workspace)
        apply(workspace.root, undone.changes)
        if renaming:
            undone = replace(undone, local=rename_local_data(workspace, renaming, report))
    return undone


def forget(workspace: Workspace, report: Reporter) -> None:
    """Remove what the last command replaced: from then on there is nothing to undo."""
    with workspace_lock(workspace, report):
        forget_last(workspace.root)


def _planned(workspace: Workspace) -> Undone:
    changes = undo_of_last(workspace.root)
    if changes is None:
        raise UsageError(
            "There is nothing to undo here.",
            hint="What the last command replaced is kept until the next one that changes anything.",
        )
    if any(isinstance(entry, Write) and entry.through for entry in changes.entries):
        refuse_committed_link(workspace)
    if edited := [entry.path for entry in changes.entries if _is_changed(workspace, entry)]:
        more = len(edited) - _SHOWN
        listed = ", ".join(edited[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
        raise ConflictError(
            f"Changed since the last command wrote it: {listed}.",
            hint="Move your changes away and run `generator undo` again; nothing was written.",
        )
    entries = tuple(map(_with_secret, changes.entries))
    return Undone(changes=replace(changes, entries=entries))


def _renaming(title: str) -> Renaming | None:
    """The renaming that a change is, or undoes; None when it is another one."""
    found = _RENAMING.fullmatch(title)
    if found is None:
        return None
    old, new = found["old"], found["new"]
    return Renaming(old=new, new=old) if found["undo"] else Renaming(old=old, new=new)


def _is_changed(workspace: Workspace, entry: Entry) -> bool:
    if isinstance(entry, Write) and entry.through:
        return state_behind(Path(entry.through)) != entry.expects
    if isinstance(entry, Move):
        there = state_of(workspace.root, entry.source)
        return there != entry.expects or state_of(workspace.root, entry.path) is not None
    return state_of(workspace.root, entry.path) != entry.expects


def _with_secret(entry: Entry) -> Entry:
    if isinstance(entry, Write) and entry.path == ENV_FILE:
        return replace(entry, secret=True)
    return entry
