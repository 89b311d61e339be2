"""Compares a workspace with its templates: versions, and the files that people have edited."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from generator.catalog import MANIFEST, TemplateSpec, read_manifest
from generator.changes import FileState, states_of
from generator.errors import GeneratorError
from generator.git.history import ever_committed
from generator.sources.export import exported
from generator.usecases.rendered import WORKSPACE, Locator, Rendered
from generator.usecases.rendered_states import rendered_states
from generator.usecases.reporter import Reporter
from generator.usecases.wiring_files import SyncPlan, plan_sync
from generator.usecases.workspace_lock import report_interrupted
from generator.verification.cache import last_green
from generator.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of a service apart from its files.

    Attributes:
        port: its host port.
        links: the services that it calls, by the answer that names them.
        last_green: when its checks, or some of them, last passed; None when they never did here.
    """

    port: int
    links: tuple[tuple[str, str], ...] = ()
    last_green: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectStatus:
    """A service, or the workspace's own files, as compared with the template.

    Attributes:
        name: the service's name, or `workspace`.
        rendered: its template and versions; None when they cannot be had.
        facts: what else is known; None of the workspace.
        unchanged: how many files are as they were rendered.
        edited: the files that differ from what was rendered, from its folder.
        drifted: those that differ though only the template changes them.
        deleted: the files that were rendered, and that a person deleted.
        missing: the files that the answers ask for and that were never there.
        problem: why it cannot be compared; empty when it was.
    """

    name: str
    rendered: Rendered | None = None
    facts: Facts | None = None
    unchanged: int = 0
    edited: tuple[str, ...] = ()
    drifted: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    problem: str = ""

    @property
    def is_behind(self) -> bool:
        """Whether its template has gone on."""
        return self.rendered is not None and self.rendered.is_behind

    @property
    def is_current(self) -> bool:
        """Whether it is neither behind, nor drifted, nor beyond comparison."""
        return not (self.is_behind or self.drifted or self.missing or self.problem)


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
        return not self.wiring and all(project.is_current for project in self.projects)


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
    sync, locator = plan_sync(workspace), Locator(workspace, dev=dev)
    facts = _facts(workspace, sync)
    names = (WORKSPACE, *(answers.service_name for answers in workspace.services()))
    projects = tuple(_compared(workspace, locator, name, facts.get(name)) for name in names)
    return Status(projects=projects, wiring=sync.changes.paths)


def manifest_of(project: Rendered) -> TemplateSpec:
    """The facts of the template that a project was rendered from, as its source has them.

    Raises:
        ManifestError: when they cannot be read.
    """
    with exported(project.current) as root:
        folder = root / "templates" / project.template
        return read_manifest(folder / MANIFEST, project.template)


def differs(was: FileState, there: FileState) -> bool:
    """Whether the content differs, or whether it can be run; the rest of a mode is the umask's."""
    return (was.digest, was.mode & 0o170100) != (there.digest, there.mode & 0o170100)


def _facts(workspace: Workspace, sync: SyncPlan) -> dict[str, Facts]:
    links = {
        service.name: tuple((link.name, provider) for link, provider in service.links)
        for service in sync.inventory.services
    }
    return {
        answers.service_name: Facts(
            port=answers.port,
            links=links.get(answers.service_name, ()),
            last_green=last_green(workspace.private_dir, answers.service_name),
        )
        for answers in sync.inventory.answers
    }


def _compared(
    workspace: Workspace, locator: Locator, name: str, facts: Facts | None
) -> ProjectStatus:
    try:
        project = locator.locate(name)
        states, spec = rendered_states(workspace, project), manifest_of(project)
    except GeneratorError as error:
        return ProjectStatus(name=name, facts=facts, problem=error.message)
    at = {path: f"{project.folder}/{path}".lstrip("/") for path in states}
    there = states_of(workspace.root, at.values())
    absent = [path for path in states if there[at[path]] is None]
    changed = [
        path
        for path, was in states.items()
        if (now := there[at[path]]) is not None and differs(was, now)
    ]
    drifted = [path for path in changed if spec.owns(path)]
    known = ever_committed(workspace.root, [at[path] for path in absent])
    return ProjectStatus(
        name=name,
        rendered=project,
        facts=facts,
        unchanged=len(states) - len(absent) - len(changed),
        edited=tuple(path for path in changed if path not in drifted),
        drifted=tuple(drifted),
        deleted=tuple(_which(absent, at, known, are=True)),
        missing=tuple(_which(absent, at, known, are=False)),
    )


def _which(
    paths: Iterable[str], at: dict[str, str], known: Collection[str], *, are: bool
) -> Iterable[str]:
    return (path for path in paths if (at[path] in known) is are)
