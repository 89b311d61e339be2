"""Adds a service to a workspace: the whole of it, wired and locked, or nothing."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.answers import ANSWERS_FILE, Answers, read_answers, read_mapping
from generator.catalog import TemplateSpec, read_catalog
from generator.errors import DestinationRefusedError
from generator.files import put_in_place, staging_folder
from generator.naming import ServiceName, parse_name, refuse_taken
from generator.rendering.questions import check_answers, read_questions
from generator.rendering.render import render
from generator.sources.export import exported
from generator.sources.model import TemplateSource
from generator.sources.own import find_source
from generator.usecases.changing import begin, changing, note
from generator.usecases.events import Teller
from generator.usecases.locking import lock_with, locked_distributions
from generator.usecases.own_compose import ports_set_by_hand
from generator.usecases.selection import checked_choices
from generator.usecases.wiring_files import (
    FileChange,
    SyncPlan,
    plan_sync,
    refuse_hand_edits,
    write_sync,
)
from generator.uv import LOCK_FILE
from generator.wiring import allocate_port
from generator.workspace import Workspace, service_in


@dataclass(frozen=True, kw_only=True, slots=True)
class NewService:
    """What a person asked for.

    Attributes:
        template: the template's name.
        name: the service's name as typed.
        data: further answers by key; what is left out takes its default.
        dev: take the templates as they stand, uncommitted changes included.
        lock: whether uv.lock is brought up to date.
        dry_run: whether to stop before anything is written.
    """

    template: str
    name: str
    data: Mapping[str, object]
    dev: bool = False
    lock: bool = True
    dry_run: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AddedService:
    """What was done, or would be.

    Attributes:
        answers: the service's answers as recorded.
        folder: relative to the workspace.
        files: the service's files, relative to its folder.
        wiring: the generated files that change.
        new_secrets: the variables that `.env` gains.
        unfilled: the variables of `.env` that are empty and that only a person can fill in.
    """

    answers: Answers
    folder: str
    files: tuple[str, ...]
    wiring: tuple[FileChange, ...]
    new_secrets: tuple[str, ...]
    unfilled: tuple[str, ...]


def add_service(workspace: Workspace, wanted: NewService, tell: Teller) -> AddedService:
    """Render a service, wire it and put it in place in one step.

    Raises:
        UsageError: for a name, an answer or a destination that cannot be taken.
        ConflictError: when a hand-edited wiring file is in the way.
        WiringError: when the service does not fit the others.
        GeneratorError: when rendering or locking fails. In each case nothing was written.
    """
    name = parse_name(wanted.name)
    if name.changed:
        tell(f"The service is named {name}: names have dashes.")
    source = find_source(dev=wanted.dev, workspace_url=_workspace_url(workspace))
    with exported(source) as root:
        return _add(workspace, wanted, name, (source, root), tell)


def _add(
    workspace: Workspace,
    wanted: NewService,
    name: ServiceName,
    templates: tuple[TemplateSource, Path],
    tell: Teller,
) -> AddedService:
    catalog = read_catalog(templates[1])
    spec = catalog.template(wanted.template)
    with changing(workspace, tell) as finished:
        if finished == name.value and workspace.service(finished).template == spec.name:
            return _finished(workspace, finished)
        _refuse_occupied(workspace, name)
        data = checked_choices(spec, wanted.data, workspace.inventory(), catalog)
        with _staged(workspace, spec, name, data, templates) as staged:
            service = service_in(staged, read_answers(staged / ANSWERS_FILE))
            plan = plan_sync(workspace, adding=[service])
            refuse_hand_edits(plan)
            added = _added(workspace, staged, service.answers, plan)
            lock_file = None
            if wanted.lock and not wanted.dry_run:
                into = staged.parent / "lock"
                lock_file = lock_with(workspace, staged=staged, name=name.value, into=into)
            if not wanted.dry_run:
                _place(workspace, staged, plan, lock_file)
    return added


def _workspace_url(workspace: Workspace) -> str:
    return str(read_mapping(workspace.root / ANSWERS_FILE).get("_src_path", ""))


def _refuse_occupied(workspace: Workspace, name: ServiceName) -> None:
    refuse_taken(
        name,
        services=[answers.service_name for answers in workspace.services()],
        distributions=locked_distributions(workspace),
    )
    folder = workspace.service_dir(name.value)
    if os.path.lexists(folder):
        raise DestinationRefusedError(
            f"{folder} is there already and is not a service of this workspace.",
            hint="Move it away, or choose another name.",
        )


@contextmanager
def _staged(
    workspace: Workspace,
    spec: TemplateSpec,
    name: ServiceName,
    wanted: Mapping[str, object],
    templates: tuple[TemplateSource, Path],
) -> Iterator[Path]:
    source, root = templates
    with staging_folder(workspace.private_dir) as staging:
        given = check_answers(read_questions(root, spec.name), wanted)
        defaults = _defaults(workspace, spec)
        data = {**defaults, **given, "template": spec.name, "service_name": name.value}
        render(source, root, data, staging / name.value)
        yield staging / name.value


def _defaults(workspace: Workspace, spec: TemplateSpec) -> dict[str, Any]:
    port = allocate_port(spec, workspace.services(), taken=ports_set_by_hand(workspace))
    owner = read_mapping(workspace.root / ANSWERS_FILE).get("owner")
    return {"port": port} | ({"owner": owner} if owner else {})


def _added(workspace: Workspace, staged: Path, answers: Answers, plan: SyncPlan) -> AddedService:
    folder = workspace.service_dir(answers.service_name)
    return AddedService(
        answers=answers,
        folder=folder.relative_to(workspace.root).as_posix(),
        files=tuple(
            sorted(p.relative_to(staged).as_posix() for p in staged.rglob("*") if p.is_file())
        ),
        wiring=plan.changes,
        new_secrets=plan.missing_secrets,
        unfilled=plan.unfilled,
    )


def _finished(workspace: Workspace, name: str) -> AddedService:
    folder = workspace.service_dir(name)
    return _added(workspace, folder, workspace.service(name), plan_sync(workspace))


def _place(workspace: Workspace, staged: Path, plan: SyncPlan, lock_file: Path | None) -> None:
    """From here on a kill leaves a note, and the next run finishes what is begun here."""
    name = staged.name
    begin(workspace, name, lock=lock_file is not None)
    put_in_place(staged, workspace.service_dir(name))
    write_sync(workspace, plan)
    if lock_file is not None:
        lock_file.replace(workspace.root / LOCK_FILE)
    note(workspace).unlink()
