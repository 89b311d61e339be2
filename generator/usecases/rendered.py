"""Finds which version everything was rendered from, and renders that and the one to go to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from generator.answers import ANSWERS_FILE, read_mapping
from generator.errors import UsageError
from generator.sources.export import exported
from generator.sources.model import TemplateSource
from generator.sources.own import find_source, own_repository
from generator.sources.versions import is_newer, recorded_version_at, version_at
from generator.updating.model import Project
from generator.usecases.sources import recorded_version, sources_of
from generator.workspace import SERVICES, Workspace

WORKSPACE = "workspace"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """Something that was rendered from a template: a service, or the workspace itself.

    Attributes:
        name: a service's name, or `workspace`.
        template: the template's name.
        folder: from the workspace's root; empty for the workspace itself.
        current: the version it was rendered from.
        target: the version to go to.
        defaults: the answers of new questions that nobody answered.
        dropped: the answers to questions that the new version no longer asks.
        is_ahead: whether it was rendered from a newer version than the one to go to, which nobody
            named.
    """

    name: str
    template: str
    folder: str
    current: TemplateSource
    target: TemplateSource
    defaults: Mapping[str, Any] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    is_ahead: bool = False

    @property
    def is_behind(self) -> bool:
        """Whether it was rendered from another version than the one to go to, and no newer one."""
        if self.is_ahead:
            return False
        return not self.target.commit or self.target.version != self.current.version


def located_projects(
    workspace: Workspace, *, names: Sequence[str], to: str, dev: bool
) -> tuple[Rendered, ...]:
    """The versions of what is chosen: the workspace first, then the services by name.

    Args:
        workspace: read, not written.
        names: services, or `workspace`; empty means everything.
        to: the version to go to; empty means the one that belongs to this generator.
        dev: take the templates as they stand, uncommitted changes included.

    Raises:
        UsageError: for a name or a version that there is not.
        UntrustedSourceError: when the templates have uncommitted changes and `dev` is off.
    """
    known = {WORKSPACE: "", **{s.service_name: s.template for s in workspace.services()}}
    if unknown := [name for name in names if name not in known]:
        raise UsageError(
            f"There is no service {unknown[0]!a} here.", hint=f"Services: {', '.join(known)}."
        )
    locator = Locator(workspace, to=to, dev=dev)
    return tuple(locator.locate(name) for name in known if name in names or not names)


def project_of(workspace: Workspace, path: str) -> str:
    """The name of what renders a path, from the workspace's root on, if a template does."""
    parts = path.split("/")
    names = {answers.service_name for answers in workspace.services()}
    is_service = len(parts) > 2 and parts[0] == SERVICES and parts[1] in names  # noqa: PLR2004 - services/NAME/…
    return parts[1] if is_service else WORKSPACE


def refuse_newer(projects: Sequence[Rendered]) -> None:
    """See that nobody asks for an older version without naming it.

    Raises:
        UsageError: for the first of these projects, which are ahead.
    """
    for each in projects:
        raise UsageError(
            f"{each.name} was rendered from {each.current.version}, which is newer than "
            f"{each.target.version}.",
            hint=f"Install a newer generator; --to {each.target.version} goes back.",
        )


def locate(workspace: Workspace, name: str, *, to: str = "", dev: bool = False) -> Rendered:
    """The version that a service, or the workspace, was rendered from, and the one to go to.

    Raises what `located_projects` raises.
    """
    return Locator(workspace, to=to, dev=dev).locate(name)


class Locator:
    """Finds versions, and asks git about each of them once, however many services have it.

    Args:
        workspace: read, not written.
        to: the version to go to; empty means the one that belongs to this generator.
        dev: take the templates as they stand, uncommitted changes included.
    """

    def __init__(self, workspace: Workspace, *, to: str = "", dev: bool = False) -> None:
        self._workspace, self._to, self._dev = workspace, to, dev
        self._sources = {record.url: record for record in sources_of(workspace)}
        self._targets: dict[str, tuple[Path, TemplateSource]] = {}
        self._recorded: dict[tuple[str, str], tuple[TemplateSource, bool]] = {}

    def locate(self, name: str) -> Rendered:
        """The versions of one service, or of the workspace.

        Raises what `located_projects` raises.
        """
        folder = "" if name == WORKSPACE else f"{SERVICES}/{name}"
        recorded = read_mapping(self._workspace.root / folder / ANSWERS_FILE)
        url, word = str(recorded.get("_src_path", "")), str(recorded.get("_commit", ""))
        if url not in self._targets:
            self._targets[url] = self._target(url)
        repository, target = self._targets[url]
        if (url, word) not in self._recorded:
            found = recorded_version_at(repository, url, word, of=name)
            ahead = not self._to and is_newer(repository, found, than=target)
            self._recorded[url, word] = (replace(found, version=word), ahead)
        current, ahead = self._recorded[url, word]
        return Rendered(
            name=name,
            template=str(recorded.get("template", "")),
            folder=folder,
            current=current,
            target=target,
            is_ahead=ahead,
        )

    def _target(self, url: str) -> tuple[Path, TemplateSource]:
        if record := self._sources.get(url):
            target = recorded_version(self._workspace, record.name)
            repository = target.root
        else:
            target = find_source(dev=self._dev, workspace_url=url)
            repository = own_repository()
        return repository, version_at(repository, url, self._to) if self._to else target


def rendered_projects(
    workspace: Workspace,
    projects: Sequence[Rendered],
    aside: Path,
    *,
    given: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> tuple[tuple[Project, ...], tuple[Rendered, ...]]:
    """Render both versions of each project into folders below `aside`.

    Args:
        workspace: whose answers are taken.
        projects: what is rendered.
        aside: a folder of the caller's.
        given: the answers to new questions, by the project's name.

    Returns:
        What to merge; and the projects again, with the answers that were taken or dropped.

    Raises:
        TemplateError: when a version cannot be rendered, or has no such template.
        AnswerRefusedError: when the new version refuses an answer of today.
    """
    from generator.rendering.questions import read_questions  # noqa: PLC0415 - as below
    from generator.rendering.render import render  # noqa: PLC0415 - Copier takes half a second

    rendered, told = [], []
    for one in projects:
        known = recorded_answers(workspace, one)
        answers = {**known, **given.get(one.name, {})}
        old, new = (aside / side / one.name for side in ("old", "new"))
        render_current(workspace, one, old)
        with exported(one.target) as root:
            asked = {q.name for q in read_questions(root, one.template) if not q.computed}
            render(one.target, root, {k: v for k, v in answers.items() if k in asked}, new)
        recorded = read_mapping(new / ANSWERS_FILE)
        defaults = {k: v for k, v in recorded.items() if k[0] != "_" and k not in answers}
        dropped = tuple(sorted(set(known) - asked))
        told.append(replace(one, defaults=defaults, dropped=dropped))
        rendered.append(Project(folder=one.folder, old=old, new=new))
    return tuple(rendered), tuple(told)


def render_current(workspace: Workspace, one: Rendered, folder: Path) -> None:
    """Render into a new folder what the version it was made from gives with today's answers.

    Raises:
        TemplateError: when that version cannot be rendered any more.
    """
    from generator.rendering.render import render  # noqa: PLC0415 - Copier takes half a second

    with exported(one.current) as root:
        render(one.current, root, recorded_answers(workspace, one), folder)


def recorded_answers(workspace: Workspace, one: Rendered) -> dict[str, Any]:
    """What it was rendered with: the answers of its questions."""
    recorded = read_mapping(workspace.root / one.folder / ANSWERS_FILE)
    return {key: value for key, value in recorded.items() if not key.startswith("_")}
