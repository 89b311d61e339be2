"""Takes a service into the workspace's record: one without answers, or whose version is gone."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.answers import ANSWERS_FILE, Answers, read_answers, read_mapping
from generator.catalog import MANIFEST, read_catalog
from generator.changes import ChangeSet, Entry, apply, rewrite
from generator.errors import DestinationRefusedError, GeneratorError, UsageError
from generator.files import refuse_links, staging_folder
from generator.naming import parse_name
from generator.sources.export import exported
from generator.sources.mirror import releases
from generator.sources.model import TemplateSource
from generator.sources.own import own_repository
from generator.sources.versions import version_at
from generator.usecases.add_service import inherited_answers
from generator.usecases.guessing import Match, best_match, guess_answers, guess_template
from generator.usecases.reporter import Reporter
from generator.usecases.templates import source_of
from generator.usecases.uv_lock import lock_with
from generator.usecases.wiring_files import plan_sync, refuse_hand_edits, secrets_entries
from generator.usecases.workspace_lock import report_interrupted, workspace_lock
from generator.uv import LOCK_FILE
from generator.workspace import SERVICES, Workspace, service_in

# Of a template's history, as many releases as a service may reasonably be behind.
_RELEASES = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class AdoptRequest:
    """What a person asked for.

    Attributes:
        place: the service's folder, or its name.
        template: what it was made from, as `new-service` takes it; empty to be guessed.
        version: the version that it was made from; empty to be guessed.
        data: answers that need not be guessed.
        dev: take our own templates as they stand, uncommitted changes included.
        lock: whether uv.lock is brought up to date.
        dry_run: whether to stop before anything is written.
    """

    place: str
    template: str = ""
    version: str = ""
    data: Mapping[str, Any]
    dev: bool = False
    lock: bool = True
    dry_run: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Adopted:
    """What was done, or would be.

    Attributes:
        answers: what the service is recorded with.
        match: the version that its files are nearest to, and how they differ.
        changes: its answers file, and what follows for the wiring, `.env` and uv.lock.
    """

    answers: Answers
    match: Match
    changes: ChangeSet


def adopt(workspace: Workspace, request: AdoptRequest, report: Reporter) -> Adopted:
    """Record what a service was rendered from, so that it can be wired, compared and updated.

    Its own files stay as they are.

    Raises:
        UsageError: when there is no such folder in `services/`, or it looks like no template.
        AnswerRefusedError: for an answer that cannot be told or is refused.
        WiringError: when the service does not fit the others. Nothing was written.
    """
    if request.dry_run:
        report_interrupted(workspace, report)
        with tempfile.TemporaryDirectory(prefix="generator-") as scratch:
            return _prepared(workspace, request, Path(scratch))
    with (
        workspace_lock(workspace, report),
        staging_folder(workspace.private_dir) as scratch_folder,
    ):
        adopted = _prepared(workspace, request, scratch_folder)
        apply(workspace.root, adopted.changes)
    return adopted


def _prepared(workspace: Workspace, request: AdoptRequest, scratch: Path) -> Adopted:
    folder = _folder(workspace, request.place)
    recorded = _recorded(folder)
    answers = _answers(workspace, request, folder, recorded)
    versions = list(_versions(workspace, request, str(recorded.get("_commit", ""))))
    match = best_match(folder, versions, answers, scratch)
    if match is None:
        raise UsageError(
            f"No version of the template {answers['template']} can be rendered with these answers.",
            hint="Give the answers that it lacks: --data KEY=VALUE.",
        )
    service = service_in(match.folder, read_answers(match.folder / ANSWERS_FILE))
    plan = plan_sync(workspace, adding=[service], removing=folder.name)
    refuse_hand_edits(workspace, plan.changes)
    entries = [
        *_record(workspace, folder, match.folder),
        *plan.changes.entries,
        *secrets_entries(workspace, plan.wiring),
    ]
    if request.lock and not request.dry_run:
        entries += _lock(workspace, folder, scratch / "lock")
    return Adopted(
        answers=service.answers,
        match=match,
        changes=ChangeSet.of(f"adopt {folder.name}", entries),
    )


def _folder(workspace: Workspace, place: str) -> Path:
    by_name = workspace.services_dir / place
    folder = by_name if "/" not in place and by_name.is_dir() else Path(place).resolve()
    if folder.parent != workspace.services_dir or not folder.is_dir():
        raise UsageError(
            f"{place} is no folder of {workspace.services_dir}.",
            hint="Services lie there, each in a folder of its name: move it there first.",
        )
    refuse_links(workspace.root, folder)
    if parse_name(folder.name).value != folder.name:
        raise DestinationRefusedError(
            f"A service cannot be named {folder.name}.", hint="Rename its folder: dashes, no _."
        )
    return folder


def _recorded(folder: Path) -> Mapping[str, Any]:
    """What is recorded of it already; nothing where there is no answers file."""
    path = folder / ANSWERS_FILE
    return read_mapping(path) if path.is_file() else {}


def _answers(
    workspace: Workspace, request: AdoptRequest, folder: Path, recorded: Mapping[str, Any]
) -> dict[str, Any]:
    known = {key: value for key, value in recorded.items() if not key.startswith("_")}
    known |= request.data
    known["service_name"] = folder.name
    with exported(_source(workspace, request)) as root:
        catalog = read_catalog(root)
        template = request.template.rpartition("/")[2] or str(known.get("template", ""))
        spec = catalog.template(template or guess_template(folder, root, catalog))
        known["template"] = spec.name
        guessed = guess_answers(folder, spec, known, workspace.inventory().without(folder.name))
    return {**inherited_answers(workspace), **guessed}


def _source(workspace: Workspace, request: AdoptRequest) -> TemplateSource:
    return source_of(workspace, request.template, dev=request.dev)


def _versions(
    workspace: Workspace, request: AdoptRequest, recorded: str
) -> Iterator[TemplateSource]:
    """The versions that the service may have been made from, the likeliest first."""
    newest = _source(workspace, request)
    if request.version:
        yield version_at(newest.root, newest.url, request.version)
        return
    repository = newest.root if "/" in request.template else own_repository()
    words = [recorded, *releases(repository)[:_RELEASES]]
    for word in filter(None, words):
        with suppress(GeneratorError):
            yield version_at(repository, newest.url, word)
    yield newest


def _record(workspace: Workspace, folder: Path, rendered: Path) -> Iterator[Entry]:
    """Its answers, and its template's facts where it has none that can be read."""
    inside = f"{SERVICES}/{folder.name}"
    yield rewrite(
        workspace.root, f"{inside}/{ANSWERS_FILE}", (rendered / ANSWERS_FILE).read_bytes()
    )
    if not _has_facts(folder, rendered):
        yield rewrite(workspace.root, f"{inside}/{MANIFEST}", (rendered / MANIFEST).read_bytes())


def _has_facts(folder: Path, rendered: Path) -> bool:
    with suppress(GeneratorError):
        service_in(folder, read_answers(rendered / ANSWERS_FILE))
        return True
    return False


def _lock(workspace: Workspace, folder: Path, into: Path) -> Iterator[Entry]:
    if (workspace.root / LOCK_FILE).is_file() and (folder / "pyproject.toml").is_file():
        locked = lock_with(workspace, staged=folder, name=folder.name, into=into)
        yield rewrite(workspace.root, LOCK_FILE, locked.read_bytes())
