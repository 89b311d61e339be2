"""Puts back files that only the template changes, or that a person names, as they were rendered."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator import git
from generator.changes import ChangeSet, Entry, Write, apply
from generator.errors import ConflictError, GeneratorError, UsageError
from generator.usecases.rendered import (
    WORKSPACE,
    Locator,
    Rendered,
    located_projects,
    project_of,
    render_current,
)
from generator.usecases.rendered_states import rendered_states
from generator.usecases.reporter import Reporter
from generator.usecases.staged import file_entries
from generator.usecases.status import manifest_of
from generator.usecases.workspace_lock import report_interrupted, workspace_lock
from generator.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class HealRequest:
    """What a person asked for.

    Attributes:
        names: services, or `workspace` for its own files; empty means everything.
        files: what to put back, from the workspace's root on; empty means the files that only
            the template changes.
        dev: take our templates as they stand, uncommitted changes included.
    """

    names: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    dev: bool = False


def heal(workspace: Workspace, request: HealRequest, report: Reporter) -> ChangeSet:
    """Put back what differs from the version that it was rendered from; return what changed.

    Raises:
        UsageError: for a service that there is not, or a file that no template renders.
        ConflictError: when a file has changes that are not committed, which would be lost.
        TemplateError: when a version cannot be rendered any more.
    """
    with workspace_lock(workspace, report):
        changes = _planned(workspace, request, report)
        _refuse_uncommitted(workspace, changes)
        apply(workspace.root, changes)
    return changes


def preview_heal(workspace: Workspace, request: HealRequest, report: Reporter) -> ChangeSet:
    """What `heal` would change; nothing is written. Raises what it raises."""
    report_interrupted(workspace, report)
    return _planned(workspace, request, report)


def _planned(workspace: Workspace, request: HealRequest, report: Reporter) -> ChangeSet:
    projects = _projects(workspace, request, report)
    wanted = {project.name: _wanted(workspace, project, request.files) for project in projects}
    found = {path for paths in wanted.values() for path in paths}
    if strange := [path for path in request.files if path not in found]:
        raise UsageError(
            f"{strange[0]} is rendered by no template here.",
            hint="`generator status` lists the files that differ from what was rendered.",
        )
    entries = [
        entry
        for project in projects
        for entry in _entries(workspace, project, wanted[project.name])
    ]
    return ChangeSet.of(" ".join(("heal", *request.names, *request.files)), entries)


def _projects(workspace: Workspace, request: HealRequest, report: Reporter) -> tuple[Rendered, ...]:
    """What is chosen; where nobody names anything, what can be had of it."""
    if names := request.names or {project_of(workspace, path) for path in request.files}:
        return located_projects(workspace, names=tuple(names), to="", dev=request.dev)
    locator, found = Locator(workspace, dev=request.dev), []
    for name in (WORKSPACE, *(answers.service_name for answers in workspace.services())):
        try:
            found.append(locator.locate(name))
        except GeneratorError as error:
            report(f"{name} is left alone: {error.message}")
    return tuple(found)


def _wanted(workspace: Workspace, project: Rendered, files: Sequence[str]) -> list[str]:
    """Which of a project's rendered files are asked for, from the workspace's root on."""
    spec = None if files else manifest_of(project)
    found = []
    for path in rendered_states(workspace, project):
        at = f"{project.folder}/{path}".lstrip("/")
        if at in files or (spec and spec.owns(path)):
            found.append(at)
    return found


def _entries(workspace: Workspace, project: Rendered, paths: Sequence[str]) -> Iterable[Entry]:
    if not paths:
        return
    with tempfile.TemporaryDirectory(prefix="generator-") as aside:
        folder = Path(aside) / "tree" / project.folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        render_current(workspace, project, folder)
        for entry in file_entries(workspace.root, Path(aside) / "tree", paths):
            if isinstance(entry, Write):
                why = f"as rendered from {project.current.version}"
                edited = entry.expects is not None
                yield replace(entry, why=why, discards_edit=edited)


def _refuse_uncommitted(workspace: Workspace, changes: ChangeSet) -> None:
    dirty = git.changed_paths(workspace.root)
    if lost := [entry.path for entry in changes.discarding if entry.path in dirty]:
        raise ConflictError(
            f"Changed and not committed, so it would be lost: {', '.join(lost)}.",
            hint="Commit it or stash it first: then git has what you wrote.",
        )
