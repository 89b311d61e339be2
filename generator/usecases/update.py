"""Pulls newer versions of templates into what people have edited: planned, verified, then written.

Nothing of the workspace is touched before the result is known to be whole: the merge, the wiring,
the lock and the checks are done in a copy aside.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator import git
from generator.changes import ChangeSet, apply, state_of
from generator.errors import ConflictError, UsageError
from generator.files import staging_folder
from generator.git.scratch import head_tree, scratch_beside
from generator.updating.merging import plan_merge
from generator.updating.model import FileOutcome, MergePlan
from generator.usecases.rendered import WORKSPACE, Rendered, find_outdated, rendered_projects
from generator.usecases.reporter import Reporter
from generator.usecases.staged import entries_between, wire_and_lock
from generator.usecases.workspace_lock import report_interrupted, workspace_lock
from generator.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class UpdateRequest:
    """What a person asked for.

    Attributes:
        names: services, or `workspace` for its own files; empty means everything.
        to: the version to go to; empty means the one that belongs to this generator.
        dev: take the templates as they stand, uncommitted changes included.
        lock: whether uv.lock is brought up to date; a dry run has none, for uv may build a
            member, which is code of the workspace.
    """

    names: tuple[str, ...] = ()
    to: str = ""
    dev: bool = False
    lock: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedUpdate:
    """What an update would do; nothing of it is done.

    Attributes:
        projects: what is behind, with the version it has and the one it gets.
        files: what becomes of each file that a template or the merge touches.
        changes: everything that would be written, wiring, `.env` and uv.lock included; empty
            while there are conflicts.
        staged: the workspace as it would be, in a folder aside.
    """

    projects: tuple[Rendered, ...]
    files: tuple[FileOutcome, ...]
    changes: ChangeSet
    staged: Workspace

    @property
    def conflicts(self) -> tuple[FileOutcome, ...]:
        """The files that a person has to decide about."""
        return MergePlan(before={}, after={}, files=self.files, stages={}).conflicts


# Judges the staged workspace; whether what is planned may be written.
Judge = Callable[[PlannedUpdate], bool]


def update_workspace(
    workspace: Workspace, request: UpdateRequest, report: Reporter, *, judge: Judge
) -> tuple[PlannedUpdate, bool]:
    """Plan an update, have it judged, and write it whole when the judge agrees.

    Args:
        workspace: changed only when everything is whole and the judge agrees.
        request: what to update, and to which version.
        report: hears what takes its time.
        judge: sees the planned update while its staged workspace is there.

    Returns:
        What was planned, and whether it was written. With conflicts nothing is.

    Raises:
        UsageError: for a name or a version that there is not.
        ConflictError: when a file that would be written has changes that are not committed.
        GeneratorError: when a version cannot be rendered or locked. Nothing was written.
    """
    with workspace_lock(workspace, report), staging_folder(workspace.private_dir) as aside:
        planned = _planned(workspace, request, aside)
        written = bool(planned.projects) and not planned.conflicts and judge(planned)
        if written:
            apply(workspace.root, planned.changes)
    return planned, written


def preview_update(workspace: Workspace, request: UpdateRequest, report: Reporter) -> PlannedUpdate:
    """Plan an update without writing anything to the workspace, and without locking.

    Raises what `update_workspace` raises.
    """
    report_interrupted(workspace, report)
    with tempfile.TemporaryDirectory(prefix="generator-") as aside:
        return _planned(workspace, replace(request, lock=False), Path(aside))


def _planned(workspace: Workspace, request: UpdateRequest, aside: Path) -> PlannedUpdate:
    """Everything that the update brings, made in a folder aside."""
    _refuse_without_commit(workspace)
    projects = find_outdated(workspace, names=request.names, to=request.to, dev=request.dev)
    planned = PlannedUpdate(
        projects=(),
        files=(),
        changes=ChangeSet(title=_title(request)),
        staged=workspace.copied_to(aside / "tree"),
    )
    if not projects:
        return planned
    rendered, projects = rendered_projects(workspace, projects, aside)
    with scratch_beside(workspace.root) as scratch:
        plan = plan_merge(scratch, head_tree(workspace.root), rendered)
        scratch.check_out(plan.after, planned.staged.root)
    planned = replace(planned, projects=projects, files=plan.files)
    _refuse_dirt(workspace, plan, plan.touched)
    if planned.conflicts:
        return planned
    followed = wire_and_lock(planned.staged, plan.touched, lock=request.lock)
    _refuse_dirt(workspace, plan, followed)
    entries = entries_between(workspace, planned.staged, (*plan.touched, *followed))
    return replace(planned, changes=ChangeSet.of(_title(request), entries))


def subjects_of(planned: PlannedUpdate) -> tuple[str, ...]:
    """What has to be verified: what was updated, and who calls it; everything with the workspace.

    The shared library comes with the workspace and is part of every service.
    """
    updated = {each.name for each in planned.projects}
    if WORKSPACE in updated:
        return ()
    callers = {
        answers.service_name
        for answers in planned.staged.services()
        if answers.data_service in updated
    }
    return tuple(sorted(updated | callers | {WORKSPACE}))


def _title(request: UpdateRequest) -> str:
    return " ".join(("update", *request.names))


def _refuse_without_commit(workspace: Workspace) -> None:
    try:
        head_tree(workspace.root)
    except git.GitError:
        raise UsageError(
            f"{workspace.root} has no commit yet, so there is nothing to merge into.",
            hint="Commit what is there first: git add -A && git commit",
        ) from None


def _refuse_dirt(workspace: Workspace, plan: MergePlan, paths: Sequence[str]) -> None:
    """See that nothing would be written over what a person has not committed."""
    dirty = git.changed_paths(workspace.root)
    # What git ignores is in no status, and may stand where the template adds a file.
    in_the_way = [
        path
        for path in paths
        if path in dirty or (path not in plan.before and state_of(workspace.root, path))
    ]
    if in_the_way:
        raise ConflictError(
            f"Changed and not committed, though it would be written: {', '.join(in_the_way)}.",
            hint="Commit or stash it, then run the update again; other changes may stay.",
        )
