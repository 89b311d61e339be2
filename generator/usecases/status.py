"""Compares a workspace with its templates: versions, and the files that people have edited."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.answers import ANSWERS_FILE
from generator.changes import FileState, state_of, writes_of
from generator.errors import GeneratorError
from generator.usecases.rendered import WORKSPACE, Rendered, locate, render_current
from generator.usecases.reporter import Reporter
from generator.usecases.wiring_files import plan_sync
from generator.usecases.workspace_lock import report_interrupted
from generator.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectStatus:
    """A service, or the workspace's own files, as compared with the template.

    Attributes:
        name: the service's name, or `workspace`.
        rendered: its template and versions; None when they cannot be had.
        unchanged: how many files are as they were rendered.
        edited: the files that differ from what was rendered, from its folder.
        deleted: the files that were rendered and are gone, from its folder.
        problem: why it cannot be compared; empty when it was.
    """

    name: str
    rendered: Rendered | None = None
    unchanged: int = 0
    edited: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    problem: str = ""

    @property
    def is_behind(self) -> bool:
        """Whether its template has gone on."""
        return self.rendered is not None and self.rendered.is_behind


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """A workspace as compared with its templates.

    Attributes:
        projects: the workspace's own files first, then the services by name.
        wiring: the generated files that differ from what the answers ask for.
    """

    projects: tuple[ProjectStatus, ...]
    wiring: tuple[str, ...]

    @property
    def is_current(self) -> bool:
        """Whether nothing is behind, drifted, or beyond comparison."""
        return not self.wiring and not any(
            project.is_behind or project.problem for project in self.projects
        )


def workspace_status(workspace: Workspace, report: Reporter, *, dev: bool = False) -> Status:
    """Compare every service and the workspace with the version it was rendered from.

    Nothing is written, and nothing of the workspace is run.

    Args:
        workspace: read.
        report: hears of an interrupted command.
        dev: take our templates as they stand, uncommitted changes included.

    Raises:
        WiringError: when the services' answers contradict each other.
    """
    report_interrupted(workspace, report)
    names = (WORKSPACE, *(answers.service_name for answers in workspace.services()))
    with tempfile.TemporaryDirectory(prefix="generator-") as aside:
        projects = tuple(_compared(workspace, name, Path(aside) / name, dev=dev) for name in names)
    return Status(projects=projects, wiring=plan_sync(workspace).changes.paths)


def _compared(workspace: Workspace, name: str, aside: Path, *, dev: bool) -> ProjectStatus:
    try:
        rendered = locate(workspace, name, dev=dev)
        render_current(workspace, rendered, aside)
    except GeneratorError as error:
        return ProjectStatus(name=name, problem=error.message)
    unchanged, edited, deleted = 0, [], []
    for path, was, there in _pairs(workspace, rendered, aside):
        if there is None:
            deleted.append(path)
        elif _differs(was, there):
            edited.append(path)
        else:
            unchanged += 1
    return ProjectStatus(
        name=name,
        rendered=rendered,
        unchanged=unchanged,
        edited=tuple(edited),
        deleted=tuple(deleted),
    )


def _pairs(
    workspace: Workspace, rendered: Rendered, aside: Path
) -> Iterator[tuple[str, FileState, FileState | None]]:
    """Each file that was rendered: as it was, and as it is."""
    for write in writes_of(aside):
        # How the answers are written down is no edit of anybody's.
        if write.path != ANSWERS_FILE:
            at = f"{rendered.folder}/{write.path}".lstrip("/")
            yield write.path, write.after, state_of(workspace.root, at)


def _differs(was: FileState, there: FileState) -> bool:
    """Whether the content differs, or whether it can be run; the rest of a mode is the umask's."""
    return (was.digest, was.mode & 0o170100) != (there.digest, there.mode & 0o170100)
