"""Adds a service to a workspace: the whole of it, wired and locked, or nothing."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from generator.answers import ANSWERS_FILE, Answers, read_answers, read_mapping
from generator.catalog import TemplateSpec
from generator.changes import FILE_MODE, ChangeSet, Write, apply, state_of, writes_of
from generator.errors import DestinationRefusedError
from generator.files import refuse_links, staging_folder
from generator.naming import ServiceName, parse_name, refuse_taken
from generator.rendering.questions import check_answers, read_questions
from generator.rendering.render import render
from generator.usecases.own_compose import ports_set_by_hand
from generator.usecases.reporter import Reporter
from generator.usecases.selection import checked_choices
from generator.usecases.templates import OpenedTemplate, opened_template
from generator.usecases.uv_lock import asked_distributions, lock_with, locked_distributions
from generator.usecases.wiring_files import plan_sync, refuse_hand_edits, secrets_entries
from generator.usecases.workspace_lock import report_interrupted, workspace_lock
from generator.uv import LOCK_FILE
from generator.wiring import allocate_port
from generator.workspace import SERVICES, WIRING, Workspace, service_in


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
        changes: everything that came with it: its files, wiring/, `.env`, uv.lock.
        new_secrets: the variables that `.env` gains.
        unfilled: the variables of `.env` that are empty and that only a person can fill in.
        warning: one line about what will not fit when everything runs; empty where all does.
    """

    answers: Answers
    changes: ChangeSet
    new_secrets: tuple[str, ...]
    unfilled: tuple[str, ...]
    warning: str = ""

    @property
    def folder(self) -> str:
        """The service's folder, relative to the workspace."""
        return f"{SERVICES}/{self.answers.service_name}"

    @property
    def files(self) -> tuple[str, ...]:
        """The service's files, relative to its folder."""
        inside = f"{self.folder}/"
        return tuple(
            path.removeprefix(inside) for path in self.changes.paths if path.startswith(inside)
        )

    @property
    def wiring(self) -> tuple[str, ...]:
        """The generated files that change, relative to the workspace."""
        return tuple(path for path in self.changes.paths if path.startswith(f"{WIRING}/"))


def add_service(workspace: Workspace, request: NewService, report: Reporter) -> AddedService:
    """Render a service, wire it and put it in place in one step.

    Raises:
        UsageError: for a name, an answer or a destination that cannot be taken.
        ConflictError: when a hand-edited wiring file is in the way.
        WiringError: when the service does not fit the others.
        GeneratorError: when rendering or locking fails. In each case nothing was written.
    """
    # A name that cannot be taken is refused before anything is fetched.
    parse_name(request.name)
    with opened_template(workspace, request.template, dev=request.dev) as template:
        return add_from(workspace, request, template, report)


def add_from(
    workspace: Workspace, request: NewService, template: OpenedTemplate, report: Reporter
) -> AddedService:
    """The same from a template that is open already; raises the same."""
    name = parse_name(request.name)
    if name.changed:
        report(f"The service is named {name}: names have dashes.")
    if request.dry_run:
        report_interrupted(workspace, report)
        with tempfile.TemporaryDirectory(prefix="generator-") as scratch:
            return _prepared(workspace, request, name, template, Path(scratch))
    with workspace_lock(workspace, report) as recovery:
        if recovery and recovery.complete and recovery.title == _title(template, name):
            return _complete(workspace, name)
        with staging_folder(workspace.private_dir) as scratch_folder:
            added = _prepared(workspace, request, name, template, scratch_folder)
            apply(workspace.root, added.changes)
    return added


def _prepared(
    workspace: Workspace,
    request: NewService,
    name: ServiceName,
    template: OpenedTemplate,
    scratch: Path,
) -> AddedService:
    """Everything that the service brings, made in a folder aside."""
    # Read once: of hundreds of services that takes its time.
    inventory = workspace.inventory()
    refuse_occupied(workspace, name, inventory.answers)
    data = checked_choices(template.spec, request.data, inventory, template.catalog)
    staged = scratch / name.value
    defaults = _defaults(workspace, template.spec, inventory.answers)
    unseen = _render(template, staged, data, defaults)
    refuse_taken(name, services=(), distributions=asked_distributions(workspace, staged))
    service = service_in(staged, read_answers(staged / ANSWERS_FILE))
    plan = plan_sync(workspace, adding=[service], inventory=inventory)
    refuse_hand_edits(workspace, plan.changes)
    entries = [
        *(_hidden(write, unseen) for write in writes_of(staged, f"{SERVICES}/{name}")),
        *plan.changes.entries,
        *secrets_entries(workspace, plan.wiring),
    ]
    # A dry run runs no uv: locking may build a member, which is code of the workspace.
    if request.lock and not request.dry_run:
        entries.append(_lock(workspace, staged, scratch / "lock"))
    return AddedService(
        answers=service.answers,
        changes=ChangeSet.of(_title(template, name), entries),
        new_secrets=plan.missing_secrets,
        unfilled=plan.unfilled,
        warning=plan.wiring.connections.warning,
    )


def _title(template: OpenedTemplate, name: ServiceName) -> str:
    return f"new-service {template.spec.name} {name}"


def _lock(workspace: Workspace, staged: Path, into: Path) -> Write:
    before = state_of(workspace.root, LOCK_FILE)
    lock_file = lock_with(workspace, staged=staged, name=staged.name, into=into)
    mode = before.mode if before else FILE_MODE
    return Write(path=LOCK_FILE, content=lock_file.read_bytes(), mode=mode, expects=before)


def _complete(workspace: Workspace, name: ServiceName) -> AddedService:
    """What an interrupted run had brought already, all of it."""
    answers = workspace.service(name.value)
    folder = f"{SERVICES}/{name}"
    return AddedService(
        answers=answers,
        changes=ChangeSet.of("new-service", writes_of(workspace.root / folder, folder)),
        new_secrets=(),
        unfilled=plan_sync(workspace).unfilled,
    )


def refuse_occupied(
    workspace: Workspace, name: ServiceName, services: Sequence[Answers] | None = None
) -> None:
    """Refuse a name that a new service cannot have in this workspace.

    Args:
        workspace: where.
        name: the name.
        services: those that are there; read when left out.

    Raises:
        UsageError: when it is taken, or its folder is there already.
    """
    refuse_taken(
        name,
        services=[
            answers.service_name
            for answers in (workspace.services() if services is None else services)
        ],
        distributions=locked_distributions(workspace),
    )
    folder = workspace.service_dir(name.value)
    refuse_links(workspace.root, workspace.services_dir)
    if os.path.lexists(folder):
        raise DestinationRefusedError(
            f"{folder} is there already and is not a service of this workspace.",
            hint="Move it away, or choose another name.",
        )


def _render(
    template: OpenedTemplate,
    destination: Path,
    given: Mapping[str, object],
    defaults: Mapping[str, object],
) -> tuple[bytes, ...]:
    """Render the service; return the answers that nobody is to see."""
    spec, root = template.spec, template.root
    questions = read_questions(root, spec.name)
    data = {**defaults, **check_answers(questions, given)}
    data |= {"template": spec.name, "service_name": destination.name}
    render(template.source, root, data, destination)
    return tuple(str(data[q.name]).encode() for q in questions if q.secret and data.get(q.name))


def _hidden(write: Write, unseen: Sequence[bytes]) -> Write:
    """The entry, marked as secret where its file holds an answer that nobody is to see."""
    return replace(write, secret=True) if any(one in write.content for one in unseen) else write


def _defaults(
    workspace: Workspace, spec: TemplateSpec, services: Sequence[Answers]
) -> dict[str, object]:
    port = allocate_port(spec, services, taken=ports_set_by_hand(workspace))
    return {"port": port, **inherited_answers(workspace)}


def inherited_answers(workspace: Workspace) -> dict[str, object]:
    """What a new service has from its workspace where nobody says otherwise."""
    owner = read_mapping(workspace.root / ANSWERS_FILE).get("owner")
    return {"owner": owner} if owner else {}
