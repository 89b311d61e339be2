"""Pulls newer versions of templates into what people have edited: planned, verified, then written.

Nothing of the workspace is touched before the result is known to be whole: the merge, the wiring,
the lock and the checks are done in a copy aside. Conflicts are written only when a person asks to
resolve them; `resolution` goes on from there.
"""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from generator.changes import ChangeSet, apply
from generator.files import staging_folder
from generator.git.scratch import head_tree, scratch_beside
from generator.sources.changelog import Release, releases_between
from generator.updating.merging import plan_merge
from generator.updating.model import FileOutcome, MergePlan, Outcome
from generator.usecases.rendered import (
    WORKSPACE,
    Rendered,
    located_projects,
    refuse_newer,
    rendered_projects,
)
from generator.usecases.reporter import Reporter
from generator.usecases.resolution import ConflictStages, begin_resolution, save_stages
from generator.usecases.staged import entries_between, file_entries, wire_and_lock
from generator.usecases.uncommitted import refuse_dirt, refuse_unfinished, refuse_unknown_to_git
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
        resolve: whether conflicts are written, for the person to resolve them.
        answers: the answers to new questions, by the project's name; others take their defaults.
    """

    names: tuple[str, ...] = ()
    to: str = ""
    dev: bool = False
    lock: bool = True
    resolve: bool = False
    answers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedUpdate:
    """What an update would do; nothing of it is done.

    Attributes:
        projects: what is behind, with the version it has and the one it gets.
        ahead: what was made with a newer version than the one to go to, and is left as it is.
        files: what becomes of each file that a template or the merge touches.
        changes: everything that would be written, wiring, `.env` and uv.lock included; with
            conflicts, the files that the merge touches, for the person to resolve.
        staged: the workspace as it would be, in a folder aside.
        stages: of each file in conflict, its versions, in files aside.
        news: what the templates' changelogs say of the versions in between, by their address.
    """

    projects: tuple[Rendered, ...]
    ahead: tuple[Rendered, ...] = ()
    files: tuple[FileOutcome, ...]
    changes: ChangeSet
    staged: Workspace
    stages: ConflictStages = field(default_factory=dict)
    news: Mapping[str, tuple[Release, ...]] = field(default_factory=dict)

    @property
    def conflicts(self) -> tuple[FileOutcome, ...]:
        """The files that a person has to decide about."""
        return tuple(file for file in self.files if file.outcome is Outcome.CONFLICT)


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
        What was planned, and whether it was written. With conflicts nothing is, or what a person
        asked to resolve, which is not judged before they have.

    Raises:
        UsageError: for a name or a version that there is not.
        ConflictError: when a file that would be written has changes that are not committed, or the
            repository is in the middle of something.
        GeneratorError: when a version cannot be rendered or locked. Nothing was written.
    """
    with workspace_lock(workspace, report), staging_folder(workspace.private_dir) as aside:
        planned = _planned(workspace, request, aside)
        if planned.conflicts:
            if request.resolve:
                begin_resolution(workspace, planned, lock=request.lock)
            return planned, request.resolve
        written = bool(planned.projects) and judge(planned)
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
    refuse_unfinished(workspace)
    found = located_projects(workspace, names=request.names, to=request.to, dev=request.dev)
    ahead = tuple(project for project in found if project.is_ahead)
    if request.names:
        refuse_newer(ahead)
    projects = tuple(project for project in found if project.is_behind)
    planned = PlannedUpdate(
        projects=(),
        ahead=ahead,
        files=(),
        changes=ChangeSet(title=_title(request)),
        staged=workspace.copied_to(aside / "tree"),
    )
    if not projects:
        return planned
    rendered, projects = rendered_projects(workspace, projects, aside, given=request.answers)
    with scratch_beside(workspace.root) as scratch:
        plan = plan_merge(scratch, head_tree(workspace.root), rendered)
        refuse_unknown_to_git(workspace, plan.before, [project.folder for project in projects])
        scratch.check_out(plan.after, planned.staged.root)
        stages = save_stages(scratch, plan, aside / "stages")
    planned = replace(
        planned, projects=projects, files=plan.files, stages=stages, news=_news(projects)
    )
    refuse_dirt(workspace, plan.before, {*plan.touched, *plan.stages})
    return replace(planned, changes=_changes(workspace, request, planned, plan))


def _changes(
    workspace: Workspace, request: UpdateRequest, planned: PlannedUpdate, plan: MergePlan
) -> ChangeSet:
    """What would be written: with conflicts only what the merge touches."""
    if planned.conflicts:
        entries = file_entries(workspace.root, planned.staged.root, plan.touched)
        return ChangeSet.of(_title(request), entries)
    followed = wire_and_lock(planned.staged, plan.touched, lock=request.lock)
    refuse_dirt(workspace, plan.before, followed)
    entries = entries_between(workspace, planned.staged, (*plan.touched, *followed))
    return ChangeSet.of(_title(request), entries)


def _news(projects: Iterable[Rendered]) -> dict[str, tuple[Release, ...]]:
    """What the changelogs say, each release once, however many projects it concerns."""
    news: dict[str, dict[str, Release]] = {}
    for project in projects:
        releases = news.setdefault(project.target.url, {})
        for release in releases_between(project.current, project.target):
            releases.setdefault(release.version, release)
    return {url: tuple(releases.values()) for url, releases in news.items() if releases}


def subjects_of(staged: Workspace, names: Iterable[str]) -> tuple[str, ...]:
    """What has to be verified: what was updated, and who calls it; everything with the workspace.

    The shared library comes with the workspace and is part of every service.

    Args:
        staged: the workspace as it would be.
        names: what was updated.
    """
    updated = set(names)
    if WORKSPACE in updated:
        return ()
    callers = {
        answers.service_name for answers in staged.services() if answers.data_service in updated
    }
    return tuple(sorted(updated | callers | {WORKSPACE}))


def _title(request: UpdateRequest) -> str:
    return " ".join(("update", *request.names))
