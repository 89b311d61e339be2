"""Lets a person resolve the conflicts of an update, and ends it: finished, or taken back."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from generator.changes import ChangeSet, Delete, Move, apply, state_of
from generator.errors import ConflictError, UsageError
from generator.files import staging_folder
from generator.git.index import (
    add_objects,
    head_commit,
    listed_files,
    unmerged_paths,
    write_stages,
)
from generator.git.scratch import Blob, ScratchRepository, head_tree, scratch_beside
from generator.updating.model import FileOutcome, MergePlan
from generator.usecases.pending_update import (
    PendingUpdate,
    UpdatedProject,
    WrittenFile,
    forget_update,
    mark_ready,
    pending_update,
    record_update,
    take_back,
)
from generator.usecases.rendered import Rendered
from generator.usecases.reporter import Reporter
from generator.usecases.staged import entries_between, wire_and_lock
from generator.usecases.uncommitted import refuse_dirt
from generator.usecases.workspace_lock import workspace_lock
from generator.workspace import Workspace

_SUBMODULE = "160000"
# How the lines begin that a merge leaves for a person to remove.
_MARKERS = (b"<<<<<<< yours", b">>>>>>> template")


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedStage:
    """One version of a file in conflict.

    Attributes:
        mode: git's mode.
        content: a file that holds it; of a submodule, the name of its commit.
    """

    mode: str
    content: Path | str


ConflictStages: TypeAlias = Mapping[str, Mapping[int, SavedStage]]


class Planned(Protocol):
    """What is needed of a planned update."""

    @property
    def projects(self) -> tuple[Rendered, ...]:
        """What is updated."""

    @property
    def changes(self) -> ChangeSet:
        """What the merge touches."""

    @property
    def conflicts(self) -> tuple[FileOutcome, ...]:
        """What a person has to decide about."""

    @property
    def stages(self) -> ConflictStages:
        """The versions of each file in conflict."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Continuation:
    """The end of an update whose conflicts were resolved.

    Attributes:
        update: what was updated.
        changes: what is still to be written: wiring, `.env`, uv.lock.
        staged: the workspace as it would be, in a folder aside.
    """

    update: PendingUpdate
    changes: ChangeSet
    staged: Workspace


def save_stages(scratch: ScratchRepository, plan: MergePlan, folder: Path) -> ConflictStages:
    """Write the versions of each file in conflict to files of a new folder."""
    named = {
        f"{number}-{stage}": blob
        for number, path in enumerate(plan.stages)
        for stage, blob in plan.stages[path].items()
    }
    # A link's content too, which is where it points to.
    plain = {
        name: Blob(mode="100644", object_id=blob.object_id)
        for name, blob in named.items()
        if blob.mode != _SUBMODULE
    }
    if plain:
        scratch.check_out(plain, folder)
    return {
        path: {
            stage: SavedStage(
                mode=blob.mode,
                content=blob.object_id if blob.mode == _SUBMODULE else folder / f"{number}-{stage}",
            )
            for stage, blob in found.items()
        }
        for number, (path, found) in enumerate(plan.stages.items())
    }


def begin_resolution(workspace: Workspace, planned: Planned, *, lock: bool) -> None:
    """Write the merge with its conflicts to the work tree and the index.

    The caller holds the workspace. Whatever stops it, everything is as it was before, or will be
    with the next command.

    Args:
        workspace: its files, and its repository's index.
        planned: an update with conflicts.
        lock: whether uv.lock is to be brought up to date at the end.

    Raises:
        ConflictError: when a file is not as it was when the update was planned.
        GeneratorError: when something cannot be written.
    """
    update = PendingUpdate(
        title=planned.changes.title,
        head=head_commit(workspace.root),
        lock=lock,
        projects=tuple(
            UpdatedProject(
                name=project.name,
                template=project.template,
                before=project.current.version,
                after=project.target.version,
            )
            for project in planned.projects
        ),
        conflicts=tuple(file.path for file in planned.conflicts),
        files=tuple(_written(workspace, planned)),
    )
    record_update(workspace, update)
    try:
        # It is taken back by `update --abort`, with the index.
        apply(workspace.root, planned.changes, undoable=False)
        write_stages(workspace.root, _objects(workspace, planned.stages))
        mark_ready(workspace)
    except BaseException:
        take_back(workspace, update)
        raise


def continue_update(
    workspace: Workspace, report: Reporter, *, judge: Callable[[Continuation], bool]
) -> tuple[Continuation, bool]:
    """Wire, lock and verify an update whose conflicts a person has resolved, and end it.

    Args:
        workspace: gets the generated files, when the judge agrees.
        report: hears what takes its time.
        judge: sees the end while its staged workspace is there.

    Returns:
        What there was to write, and whether it was written and the update is at its end.

    Raises:
        UsageError: when no update waits.
        ConflictError: when a file is still in conflict.
        GeneratorError: when the result cannot be wired or locked. The update goes on waiting.
    """
    with (
        workspace_lock(workspace, report, resolving=True),
        staging_folder(workspace.private_dir) as aside,
    ):
        update = _waiting(workspace)
        _refuse_unresolved(workspace, update)
        staged = workspace.copied_to(aside / "tree")
        _copy_work_tree(workspace.root, staged.root)
        followed = wire_and_lock(staged, [file.path for file in update.files], lock=update.lock)
        with scratch_beside(workspace.root) as scratch:
            committed = scratch.read_tree(head_tree(workspace.root))
        refuse_dirt(workspace, committed, followed)
        entries = entries_between(workspace, staged, followed)
        ending = Continuation(
            update=update,
            changes=ChangeSet.of(f"{update.title} --continue", entries),
            staged=staged,
        )
        written = judge(ending)
        if written:
            # It is only the end of what the update wrote.
            apply(workspace.root, ending.changes, undoable=False)
            forget_update(workspace)
    return ending, written


def abort_update(workspace: Workspace, report: Reporter) -> tuple[PendingUpdate, str]:
    """Bring everything back to what it was before the update.

    Returns:
        What was taken back; and the folder that keeps what the person had written since, from
        the workspace's root, empty when nothing was.

    Raises:
        UsageError: when no update waits.
        ConflictError: when there are commits since.
    """
    with workspace_lock(workspace, report, resolving=True):
        update = _waiting(workspace)
        return update, take_back(workspace, update)


def _waiting(workspace: Workspace) -> PendingUpdate:
    update = pending_update(workspace)
    if update is None:
        raise UsageError(
            "No update waits here to be continued or taken back.",
            hint="Conflicts are written by: generator update --resolve",
        )
    return update


def _refuse_unresolved(workspace: Workspace, update: PendingUpdate) -> None:
    if all(state_of(workspace.root, file.path) == file.before for file in update.files):
        raise ConflictError(
            "Nothing of the update is here any more.", hint="End it: generator update --abort"
        )
    if unmerged := unmerged_paths(workspace.root):
        raise ConflictError(
            f"Still in conflict: {', '.join(unmerged)}.",
            hint="Edit each one as you want it, then tell git: git add FILE, or git rm FILE",
        )
    marked = [path for path in update.conflicts if _has_markers(workspace.root / path)]
    if marked:
        raise ConflictError(
            f"Conflict markers are left in {', '.join(marked)}.",
            hint="Remove them with the side that you do not want, then git add the file.",
        )


def _has_markers(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    return any(line.startswith(_MARKERS) for line in path.read_bytes().splitlines())


def _written(workspace: Workspace, planned: Planned) -> Iterable[WrittenFile]:
    """What is put back by an abort: what changes, and what a person decides about as it is."""
    for entry in planned.changes.entries:
        if isinstance(entry, Move):
            raise TypeError(entry)
        after = None if isinstance(entry, Delete) else entry.after
        yield WrittenFile(path=entry.path, before=entry.expects, after=after)
    for path in sorted(set(planned.stages) - set(planned.changes.paths)):
        there = state_of(workspace.root, path)
        yield WrittenFile(path=path, before=there, after=there)


def _objects(workspace: Workspace, stages: ConflictStages) -> dict[str, dict[int, tuple[str, str]]]:
    """Add the versions to the person's repository: each one's mode and object, by stage."""
    saved = [
        stage.content
        for found in stages.values()
        for stage in found.values()
        if isinstance(stage.content, Path)
    ]
    names = dict(zip(saved, add_objects(workspace.root, saved), strict=True))
    return {
        path: {
            number: (
                stage.mode,
                names[stage.content] if isinstance(stage.content, Path) else stage.content,
            )
            for number, stage in found.items()
        }
        for path, found in stages.items()
    }


def _copy_work_tree(root: Path, destination: Path) -> None:
    """Copy what is in a work tree and not ignored; what a person deleted is not there."""
    for path in listed_files(root):
        source, target = root / path, destination / path
        if source.is_dir() and not source.is_symlink():
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        elif source.exists() or source.is_symlink():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
