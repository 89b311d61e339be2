"""Finds what is behind its template, and renders both versions of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from generator.answers import ANSWERS_FILE, read_mapping
from generator.errors import UsageError
from generator.rendering.questions import read_questions
from generator.rendering.render import render
from generator.sources.export import exported
from generator.sources.model import TemplateSource
from generator.sources.own import find_source, own_repository
from generator.sources.versions import version_at
from generator.updating.model import Project
from generator.usecases.sources import recorded_version, sources_of
from generator.workspace import SERVICES, Workspace

WORKSPACE = "workspace"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outdated:
    """Something that was rendered from another version than the one to go to.

    Attributes:
        name: a service's name, or `workspace`.
        template: the template's name.
        folder: from the workspace's root; empty for the workspace itself.
        current: the version it was rendered from.
        target: the version to go to.
        defaults: the answers of new questions, which took their defaults.
        dropped: the answers to questions that the new version no longer asks.
    """

    name: str
    template: str
    folder: str
    current: TemplateSource
    target: TemplateSource
    defaults: Mapping[str, Any] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()


def find_outdated(
    workspace: Workspace, *, names: Sequence[str], to: str, dev: bool
) -> tuple[Outdated, ...]:
    """What is to be updated: the workspace first, then the services by name.

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
    found = (_outdated(workspace, name, to=to, dev=dev) for name in known)
    return tuple(each for each in found if each and (not names or each.name in names))


def _outdated(workspace: Workspace, name: str, *, to: str, dev: bool) -> Outdated | None:
    folder = "" if name == WORKSPACE else f"{SERVICES}/{name}"
    recorded = read_mapping(workspace.root / folder / ANSWERS_FILE)
    url, word = str(recorded.get("_src_path", "")), str(recorded.get("_commit", ""))
    record = next((each for each in sources_of(workspace) if each.url == url), None)
    if record:
        target = recorded_version(workspace, record.name)
        repository = target.root
    else:
        target = find_source(dev=dev, workspace_url=url)
        repository = own_repository()
    if to:
        target = version_at(repository, url, to)
    if target.commit and target.version == word:
        return None
    current = replace(version_at(repository, url, word), version=word)
    return Outdated(
        name=name,
        template=str(recorded.get("template", "")),
        folder=folder,
        current=current,
        target=target,
    )


def rendered_projects(
    workspace: Workspace, projects: Sequence[Outdated], aside: Path
) -> tuple[tuple[Project, ...], tuple[Outdated, ...]]:
    """Render both versions of each project into folders below `aside`.

    Returns:
        What to merge; and the projects again, with the answers that were taken or dropped.

    Raises:
        TemplateError: when a version cannot be rendered, or has no such template.
        AnswerRefusedError: when the new version refuses an answer of today.
    """
    rendered, told = [], []
    for outdated in projects:
        answers = _answers(workspace, outdated)
        old, new = (aside / side / (outdated.name) for side in ("old", "new"))
        with exported(outdated.current) as root:
            render(outdated.current, root, answers, old)
        with exported(outdated.target) as root:
            asked = {q.name for q in read_questions(root, outdated.template) if not q.computed}
            render(outdated.target, root, {k: v for k, v in answers.items() if k in asked}, new)
        recorded = read_mapping(new / ANSWERS_FILE)
        defaults = {k: v for k, v in recorded.items() if k[0] != "_" and k not in answers}
        dropped = tuple(sorted(set(answers) - asked))
        told.append(replace(outdated, defaults=defaults, dropped=dropped))
        rendered.append(Project(folder=outdated.folder, old=old, new=new))
    return tuple(rendered), tuple(told)


def _answers(workspace: Workspace, outdated: Outdated) -> dict[str, Any]:
    recorded = read_mapping(workspace.root / outdated.folder / ANSWERS_FILE)
    return {key: value for key, value in recorded.items() if not key.startswith("_")}
