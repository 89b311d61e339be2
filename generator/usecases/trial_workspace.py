"""Makes services of templates on trial in a scratch workspace, and verifies them there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.catalog import Catalog, LinkSpec, TemplateSpec, read_catalog
from generator.errors import GeneratorError, TemplateError
from generator.rendering.answer_sets import AnswerSet
from generator.rendering.conformance import TemplateTrial
from generator.usecases.add_service import NewService, add_from, add_service
from generator.usecases.create_workspace import NewWorkspace, create_workspace
from generator.usecases.reporter import Reporter
from generator.usecases.templates import OpenedTemplate, own_catalog
from generator.usecases.uv_lock import make_lock
from generator.usecases.verify import Verified, VerifyRequest, verify_workspace
from generator.verification import WORKSPACE_SUBJECT, CheckResult, OnEvent, Outcome
from generator.workspace import Workspace

_TAIL_LINES = 25
_LONGEST_NAME = 40
# Whom a service calls that need not be any certain one.
_PROVIDER = "a-provider"


@dataclass(frozen=True, kw_only=True, slots=True)
class Suite:
    """What verifying all services of one template gave."""

    outcome: str
    seconds: float
    reason: str
    findings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """The services that were made, and what verifying them gave.

    Attributes:
        verified: the report.
        templates: each service's template.
        faults: one line for each service that could not be added, by template.
    """

    verified: Verified
    templates: Mapping[str, str]
    faults: Mapping[str, Sequence[str]]

    def of(self, template: str) -> Suite:
        """What concerns one template; the workspace's checks concern each."""
        names = {name for name, one in self.templates.items() if one == template}
        results = [
            one
            for one in self.verified.report.results
            if one.subject in names | {WORKSPACE_SUBJECT}
        ]
        red = [one for one in results if one.outcome is Outcome.FAILED]
        missed = [one for one in results if one.outcome is Outcome.NOT_RUN]
        ran = f"{len(results) - len(missed)} checks of {len(names)} services"
        gaps = f", {len(missed)} not run: {missed[0].reason}" if missed else ""
        faults = self.faults.get(template, ())
        only_missed = any(one.subject in names for one in missed)
        return Suite(
            outcome="failed" if red or faults else "not_run" if only_missed else "passed",
            seconds=sum(one.seconds for one in results),
            reason=ran + gaps,
            findings=(*faults, *map(_told, red)),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeWith:
    """How services on trial are made and verified.

    Attributes:
        parent: the folder to make their workspace in.
        dev: take our own templates, which the workspace is made of, as they stand.
        fetch: whether a server may be downloaded.
        report: hears which servers are used.
        on_event: told of the progress.
    """

    parent: Path
    dev: bool
    fetch: bool
    report: Reporter
    on_event: OnEvent


def judge_services(trials: Sequence[TemplateTrial], made: MadeWith) -> Judged:
    """Make a workspace with a service of every answer set, and verify all of them.

    Args:
        trials: the templates; their variants are rendered.
        made: how.

    Raises:
        GeneratorError: when the workspace cannot be made or locked; it says why.
    """
    new = NewWorkspace(name="trial", parent=made.parent, data={}, dev=made.dev, lock=False)
    workspace = create_workspace(new, _ignored).workspace
    templates: dict[str, str] = {}
    faults: dict[str, list[str]] = {}
    for trial in trials:
        for number, one in enumerate(trial.sets):
            name = _name(one.name, number)
            try:
                _add(workspace, trial, one, name, dev=made.dev)
            except GeneratorError as error:
                fault = f"{one.name}: {error.message} {error.hint}".strip()
                faults.setdefault(trial.template, []).append(fault)
            else:
                templates[name] = trial.template
    make_lock(workspace.root)
    request = VerifyRequest(names=(*templates, WORKSPACE_SUBJECT), fetch=made.fetch)
    verified = verify_workspace(workspace, request, report=made.report, on_event=made.on_event)
    return Judged(verified=verified, templates=templates, faults=faults)


def _add(
    workspace: Workspace, trial: TemplateTrial, one: AnswerSet, name: str, *, dev: bool
) -> None:
    """Add a service of one answer set, and before it those that it calls."""
    template = OpenedTemplate(
        source=trial.source, root=trial.root, catalog=read_catalog(trial.root), spec=trial.spec
    )
    # Names and ports are the workspace's business: those of two variants are often the same.
    data = {key: value for key, value in one.data.items() if key not in {"service_name", "port"}}
    for link in trial.spec.links:
        if data.get(link.name) or not link.optional:
            data[link.name] = _provider(workspace, link, template, dev=dev)
    request = NewService(template=trial.template, name=name, data=data, dev=dev, lock=False)
    add_from(workspace, request, template, _ignored)


def _name(variant: str, number: int) -> str:
    """A service's name for a variant: not the bare one, which may be a distribution's."""
    words = re.sub(r"[^a-z0-9]+", "-", f"a-{variant}".lower()).strip("-")
    if len(words) <= _LONGEST_NAME:
        return words
    return f"{words[: _LONGEST_NAME - 4].strip('-')}-{number}"


def _provider(workspace: Workspace, link: LinkSpec, template: OpenedTemplate, *, dev: bool) -> str:
    """A service that the link may name: of the templates on trial, else of ours."""
    name = f"{_PROVIDER}-{link.to.replace('_', '-')}"
    if any(one.service_name == name for one in workspace.services()):
        return name
    request = NewService(template="", name=name, data={}, dev=dev, lock=False)
    if spec := _independent(template.catalog, link):
        own = OpenedTemplate(
            source=template.source, root=template.root, catalog=template.catalog, spec=spec
        )
        add_from(workspace, request, own, _ignored)
        return name
    if spec := _independent(own_catalog(), link):
        ours = NewService(template=spec.name, name=name, data={}, dev=dev, lock=False)
        add_service(workspace, ours, _ignored)
        return name
    raise TemplateError(f"No template provides what {link.name} asks for.")


def _independent(catalog: Catalog, link: LinkSpec) -> TemplateSpec | None:
    """A template that provides what a link asks for and calls nobody itself."""
    for spec in catalog.providing(link.to):
        if all(one.optional for one in spec.links):
            return spec
    return None


def _told(result: CheckResult) -> str:
    tail = result.output.splitlines()[-_TAIL_LINES:]
    return "\n".join([f"{result.subject} {result.check}: {result.reason}", *tail])


def _ignored(_message: str, /) -> None:
    """Say nothing of what is only made to be thrown away."""
