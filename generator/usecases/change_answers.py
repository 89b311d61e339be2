"""Changes the answers of services and merges what follows into what people have edited.

As an update does, but the version stays and the answers change: both are rendered, merged with the
work tree, wired, locked and verified aside, and written as one change set at the end.
"""

import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from generator.answers import ANSWERS_FILE, read_mapping
from generator.changes import ChangeSet, Entry, apply, state_of
from generator.errors import ConflictError, GeneratorError
from generator.files import staging_folder
from generator.git.scratch import ScratchRepository, scratch_beside
from generator.rendering.questions import Question, read_questions
from generator.rendering.render import render
from generator.sources.export import exported
from generator.updating.merging import plan_merge
from generator.updating.model import FileOutcome, MergePlan, Outcome, Project
from generator.usecases.leftovers import remove_scratch_of
from generator.usecases.local_data import LocalData, refuse_running, rename_local_data
from generator.usecases.renamed import (
    Renaming,
    keep_modes,
    mentions,
    moved_tree,
    rename_entries,
    renamed_env,
    renamed_outcome,
    steps_where_it_runs,
)
from generator.usecases.rendered import WORKSPACE, locate, render_current
from generator.usecases.reporter import Reporter
from generator.usecases.staged import entries_between, wire_and_lock
from generator.usecases.wiring_files import ENV_FILE, env_entries, env_text, plan_sync
from generator.usecases.workspace_lock import report_interrupted, workspace_lock
from generator.wiring import (
    Wiring,
    complete_env,
    filled_in,
    unneeded_secrets,
    without_made,
)
from generator.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswersChange:
    """Which answers become others.

    Attributes:
        title: the command, for people.
        answers: the answers that change, by service.
        renaming: the service that gets another name, if one does.
    """

    title: str
    answers: Mapping[str, Mapping[str, Any]]
    renaming: Renaming | None = None

    def name_after(self, service: str) -> str:
        """The name that a service has afterwards."""
        renaming = self.renaming
        return renaming.new if renaming and renaming.old == service else service


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedChange:
    """What a change of answers would do; nothing of it is done.

    Attributes:
        change: what was asked for.
        files: what becomes of each file that the templates or the merge touch.
        changes: everything that would be written, wiring, `.env` and uv.lock included; empty
            while there are conflicts.
        staged: the workspace as it would be, in a folder aside.
        before: the wiring as it is.
        secrets: the variables that `.env` loses.
        mentions: where people's files still have a service's old name, as `path:line`.
        steps: what has to be done where a renamed service runs already, in order.
        local: what became of the data that a renamed service has on this machine.
    """

    change: AnswersChange
    files: tuple[FileOutcome, ...]
    changes: ChangeSet
    staged: Workspace
    before: Wiring
    secrets: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    local: LocalData = field(default_factory=LocalData)

    @property
    def conflicts(self) -> tuple[FileOutcome, ...]:
        """The files that a person has to decide about."""
        return tuple(file for file in self.files if file.outcome is Outcome.CONFLICT)

    @property
    def subjects(self) -> tuple[str, ...]:
        """What has to be verified: the services that change, and who calls them."""
        changed = {self.change.name_after(name) for name in self.change.answers}
        inventory = self.staged.inventory()
        callers = {caller for name in changed for caller in inventory.callers(name)}
        return (*sorted(changed | callers), "workspace")


# Makes the change from the workspace as it is when nobody else can change it any more.
Ask = Callable[[Workspace], AnswersChange]
# Judges the staged workspace; whether what is planned may be written.
Judge = Callable[[PlannedChange], bool]


def change_answers(
    workspace: Workspace, ask: Ask, report: Reporter, *, judge: Judge, lock: bool = True
) -> tuple[PlannedChange, bool]:
    """Plan a change of answers, have it judged, and write it whole when the judge agrees.

    Args:
        workspace: changed only when everything is whole and the judge agrees.
        ask: says which answers change.
        report: hears who is waited for.
        judge: sees the plan while its staged workspace is there.
        lock: whether uv.lock follows.

    Returns:
        What was planned, and whether it was written. With conflicts nothing is.

    Raises:
        UsageError: for words that fit nothing here.
        ConflictError: when something that git ignores would be written over, or a service that is
            to be renamed runs from its folder.
        WiringError: when the new answers contradict each other.
        GeneratorError: when a version cannot be rendered or locked. Nothing was written.
    """
    with workspace_lock(workspace, report), staging_folder(workspace.private_dir) as aside:
        change = ask(workspace)
        if change.renaming:
            refuse_running(workspace)
        planned = _planned(workspace, change, aside, lock=lock)
        written = not planned.conflicts and judge(planned)
        if written:
            apply(workspace.root, planned.changes)
        if written and (renaming := change.renaming):
            remove_scratch_of(workspace, renaming.old)
            planned = replace(planned, local=rename_local_data(workspace, renaming, report))
    return planned, written


def preview_change(workspace: Workspace, ask: Ask, report: Reporter) -> PlannedChange:
    """Plan a change of answers without writing anything to the workspace, and without locking.

    Raises what `change_answers` raises.
    """
    report_interrupted(workspace, report)
    with tempfile.TemporaryDirectory(prefix="generator-") as aside:
        return _planned(workspace, ask(workspace), Path(aside), lock=False)


def _planned(
    workspace: Workspace, change: AnswersChange, aside: Path, *, lock: bool
) -> PlannedChange:
    projects = [_project(workspace, name, new, aside) for name, new in change.answers.items()]
    staged = workspace.copied_to(aside / "tree")
    with scratch_beside(workspace.root) as scratch:
        plan = _merged(scratch, workspace, projects, change.renaming)
        scratch.check_out(plan.after, staged.root)
    planned = PlannedChange(
        change=change,
        files=plan.files,
        changes=ChangeSet(title=change.title),
        staged=staged,
        before=plan_sync(workspace).wiring,
    )
    if planned.conflicts:
        return planned
    entries = _file_entries(workspace, staged, plan, lock=lock)
    env, dropped = _env(workspace, planned)
    entries += env
    if renaming := change.renaming:
        entries = [*keep_modes(entries, renaming)]
        entries += rename_entries(workspace, renaming, plan.before)
        planned = replace(
            planned,
            mentions=mentions(staged.root, _rendered(workspace, projects, aside), renaming),
            steps=steps_where_it_runs(renaming, planned.before),
        )
    changes = ChangeSet.of(change.title, entries).with_moves()
    return replace(planned, changes=changes, secrets=dropped)


def _file_entries(
    workspace: Workspace, staged: Workspace, plan: MergePlan, *, lock: bool
) -> list[Entry]:
    """Wire and lock the staged workspace; what makes the other one's files these, `.env` apart."""
    _refuse_ignored(workspace, plan)
    followed = wire_and_lock(staged, plan.touched, lock=lock)
    entries = entries_between(workspace, staged, (*plan.touched, *followed))
    return [entry for entry in entries if entry.path != ENV_FILE]


def _rendered(workspace: Workspace, projects: Sequence[Project], aside: Path) -> Iterator[Path]:
    """What templates render of a workspace: its own files, and the services that change."""
    yield from (project.new for project in projects)
    own = aside / "own"
    with suppress(GeneratorError):
        render_current(workspace, locate(workspace, WORKSPACE, dev=True), own)
        yield own


def _project(workspace: Workspace, name: str, new: Mapping[str, Any], aside: Path) -> Project:
    """What a service renders to with its answers of today, and with those to come."""
    one = locate(workspace, name, dev=True)
    recorded = read_mapping(workspace.root / one.folder / ANSWERS_FILE)
    answers = {key: value for key, value in recorded.items() if not key.startswith("_")}
    old_folder, new_folder = aside / "old" / name, aside / "new" / name
    render_current(workspace, one, old_folder)
    with exported(one.current) as root:
        if "service_name" in new:
            # What nobody answered follows the name: the description has it in it.
            answers = _less_defaults(read_questions(root, one.template), answers)
        render(one.current, root, {**answers, **new}, new_folder)
    return Project(folder=one.folder, old=old_folder, new=new_folder)


def _less_defaults(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers less those that are what nobody's answer would be."""
    defaults = {
        question.name: question.default_after(answers)
        for question in questions
        if question.name in answers and not question.computed
    }
    return {k: v for k, v in answers.items() if k not in defaults or defaults[k] != v}


def _merged(
    scratch: ScratchRepository,
    workspace: Workspace,
    projects: list[Project],
    renaming: Renaming | None,
) -> MergePlan:
    """The merge with the work tree as it stands: what is not committed takes part in it."""
    mine = scratch.write_tree(scratch.add_work_tree(workspace.root))
    plan = plan_merge(scratch, mine, projects)
    if renaming is None:
        return plan
    files = tuple(renamed_outcome(file, renaming) for file in plan.files)
    return replace(plan, after=moved_tree(plan.after, renaming), files=files)


def _refuse_ignored(workspace: Workspace, plan: MergePlan) -> None:
    """See that nothing would be written over what git does not know: that is in no merge."""
    in_the_way = [
        path
        for path in plan.touched
        if path not in plan.before and state_of(workspace.root, path) is not None
    ]
    if in_the_way:
        raise ConflictError(
            f"Ignored by git, though it would be written over: {', '.join(in_the_way)}.",
            hint="Move it away and run the command again; nothing was written.",
        )


def _env(workspace: Workspace, planned: PlannedChange) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """What `.env` becomes: secrets that are renamed keep their values, those nobody needs go."""
    before, after = planned.before, plan_sync(planned.staged).wiring
    text = env_text(workspace)
    if renaming := planned.change.renaming:
        text = renamed_env(workspace, renaming, before, text)
    gone = unneeded_secrets(before, after, text)
    kept = filled_in(text, gone)
    gone = tuple(secret for secret in gone if secret not in kept)
    text = complete_env(after, without_made(text, gone), lambda _: secrets.token_urlsafe(32))
    return env_entries(workspace, text), tuple(secret.name for secret in gone)
