"""Tests templates before anybody is given them: what they render, and that it works."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator import git
from generator.catalog import MANIFEST, read_manifests
from generator.errors import GeneratorError, NotAWorkspaceError, TemplateError, UsageError
from generator.processes import Processes
from generator.rendering.conformance import TemplateTrial
from generator.sources.export import exported, refuse_link_out
from generator.sources.model import QUESTIONNAIRE, RENDERED_FROM, TemplateSource
from generator.usecases.reporter import Reporter
from generator.usecases.sources import recorded_version
from generator.usecases.trial_workspace import Judged, MadeWith, judge_services
from generator.usecases.verify import Verified
from generator.verification import OnEvent, list_files
from generator.workspace import open_workspace

_TEMPLATES = "templates"


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialRequest:
    """What to test.

    Attributes:
        place: a folder with templates, a template's own folder, `SOURCE` or `SOURCE/TEMPLATE`.
        workspace: a folder inside the workspace whose sources are meant.
        verify: whether services are made in a scratch workspace and verified there.
        dev: take our own templates, which that workspace is made of, as they stand.
        fetch: whether a server may be downloaded when there is no other way.
    """

    place: str
    workspace: Path
    verify: bool = True
    dev: bool = False
    fetch: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialCheck:
    """One check of one template.

    Attributes:
        template: the template's name.
        check: `render`, `conditions`, `files`, `text`, `copier` or `suite`.
        outcome: `passed`, `failed` or `not_run`.
        seconds: how long it took.
        reason: why it did not run; else how much was looked at.
        findings: one line for each fault; of a suite, followed by the end of what it printed.
    """

    template: str
    check: str
    outcome: str
    seconds: float = 0.0
    reason: str = ""
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialReport:
    """What was found.

    Attributes:
        place: what was tested, as an address or a folder.
        version: its version in words; empty for a folder as it stands.
        checks: every check of every template.
        verified: what verifying services gave; None where none was verified.
    """

    place: str
    version: str
    checks: tuple[TrialCheck, ...]
    verified: Verified | None = None

    @property
    def exit_code(self) -> int:
        """1 with findings; else what the verification of services ended with."""
        if any(check.outcome == "failed" for check in self.checks):
            return 1
        return self.verified.exit_code if self.verified else 0


def try_templates(request: TrialRequest, report: Reporter, on_event: OnEvent) -> TrialReport:
    """Render every answer set of the templates, look at what came out, and verify it.

    Raises:
        UsageError: when there is no such folder, source or template.
        UntrustedSourceError: when the source is not trusted on this machine.
        SourceUnreachableError: when it has to be fetched and cannot be.
        TemplateError: when the questionnaire or answer sets cannot be read, or files lead out.
        ManifestError: when a manifest does not hold.
        MissingPrerequisiteError: when git is missing, or uv where services are verified.
    """
    with tempfile.TemporaryDirectory(prefix="generator-template-") as folder:
        scratch = Path(folder).resolve()
        with _found(request) as found:
            source = _repository(found, scratch / "repository")
        trials = [
            _trial(source, name, scratch / "rendered") for name in _names(source.root, found.only)
        ]
        checks: list[TrialCheck] = []
        with Processes() as processes:
            for trial in trials:
                report(f"Testing {trial.template}.")
                checks += _checks_of(trial, processes)
        made = MadeWith(
            parent=scratch, dev=request.dev, fetch=request.fetch, report=report, on_event=on_event
        )
        ready = [one for one in trials if request.verify and _has_suite(one, checks)]
        judged = judge_services(ready, made) if ready else None
        return TrialReport(
            place=found.place,
            version=found.version,
            checks=(*checks, *_suites(trials, checks, judged, verify=request.verify)),
            verified=judged.verified if judged else None,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """Where the templates are, what they are called, and which one is meant: empty for all."""

    folder: Path
    place: str
    version: str = ""
    only: str = ""


@contextmanager
def _found(request: TrialRequest) -> Iterator[_Found]:
    folder = Path(request.place).resolve()
    if (folder / QUESTIONNAIRE).is_file():
        yield _Found(folder=folder, place=str(folder))
        return
    if (folder / MANIFEST).is_file() and folder.parent.name == _TEMPLATES:
        root = folder.parent.parent
        yield _Found(folder=root, place=str(root), only=folder.name)
        return
    name, _, template = request.place.partition("/")
    if folder.is_dir():
        raise UsageError(
            f"{folder} holds no templates.",
            hint=f"Name the folder that has {QUESTIONNAIRE} and {_TEMPLATES}/, or SOURCE/TEMPLATE.",
        )
    source = _source_version(request, name)
    with exported(source) as root:
        yield _Found(folder=root, place=source.url, version=source.version, only=template)


def _source_version(request: TrialRequest, name: str) -> TemplateSource:
    try:
        workspace = open_workspace(request.workspace)
    except NotAWorkspaceError:
        raise UsageError(
            f"There is no folder {request.place!a} here.",
            hint="Sources are named in a workspace: go to one, or name a folder of templates.",
        ) from None
    return recorded_version(workspace, name)


def _repository(found: _Found, destination: Path) -> TemplateSource:
    """The templates as a repository with one commit, so that Copier can be asked about it."""
    for path in list_files(found.folder):
        relative = path.relative_to(found.folder)
        if relative.parts[0] not in RENDERED_FROM or not os.path.lexists(path):
            continue
        target = destination / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            refuse_link_out(found.place, relative.as_posix(), str(path.readlink()))
        shutil.copy2(path, target, follow_symlinks=False)
    if not (destination / _TEMPLATES).is_dir():
        raise TemplateError(f"{found.place} has no {_TEMPLATES}/ with a template in it.")
    git.init_with_commit(destination, "The templates on trial")
    commit = git.resolve_commit(destination, "HEAD")
    version = git.describe(destination, commit)
    return TemplateSource(root=destination, url=str(destination), commit=commit, version=version)


def _names(root: Path, only: str) -> list[str]:
    names = [spec.name for spec in read_manifests(root)]
    if only and only not in names:
        raise UsageError(
            f"There is no template {only!a} there.", hint=f"Templates: {', '.join(names)}."
        )
    return [only] if only else names


def _trial(source: TemplateSource, template: str, folder: Path) -> TemplateTrial:
    (folder / template).mkdir(parents=True)
    return TemplateTrial(
        source=source, root=source.root, template=template, scratch=folder / template
    )


def _checks_of(trial: TemplateTrial, processes: Processes) -> Iterator[TrialCheck]:
    rendering = _timed(trial, "render", trial.render_variants)
    yield rendering
    checks: dict[str, Callable[[], Sequence[str]]] = {
        "conditions": trial.dead_conditions,
        "files": trial.misplaced_files,
        "text": trial.broken_texts,
        "copier": lambda: trial.differences_to_copier(processes),
    }
    for name, find in checks.items():
        if rendering.outcome == "failed":
            reason = "not every answer set could be rendered"
            yield TrialCheck(template=trial.template, check=name, outcome="not_run", reason=reason)
        else:
            yield _timed(trial, name, find)


def _timed(trial: TemplateTrial, name: str, find: Callable[[], Sequence[str]]) -> TrialCheck:
    begun = time.monotonic()
    try:
        findings = tuple(find())
    except GeneratorError as error:
        findings = (f"{error.message} {error.hint}".strip(),)
    sets = len(trial.sets)
    return TrialCheck(
        template=trial.template,
        check=name,
        outcome="failed" if findings else "passed",
        seconds=time.monotonic() - begun,
        reason=f"{sets} answer set{'' if sets == 1 else 's'}",
        findings=findings,
    )


def _has_suite(trial: TemplateTrial, checks: Sequence[TrialCheck]) -> bool:
    rendered = any(
        one.template == trial.template and one.check == "render" and one.outcome == "passed"
        for one in checks
    )
    return rendered and trial.spec.kind == "service"


def _suites(
    trials: Sequence[TemplateTrial],
    checks: Sequence[TrialCheck],
    judged: Judged | None,
    *,
    verify: bool,
) -> Iterator[TrialCheck]:
    for trial in trials:
        if trial.spec.kind != "service":
            continue
        if judged and _has_suite(trial, checks):
            found = judged.of(trial.template)
            yield TrialCheck(
                template=trial.template,
                check="suite",
                outcome=found.outcome,
                seconds=found.seconds,
                reason=found.reason,
                findings=found.findings,
            )
        else:
            reason = "not every answer set could be rendered" if verify else "--no-verify"
            yield TrialCheck(
                template=trial.template, check="suite", outcome="not_run", reason=reason
            )
