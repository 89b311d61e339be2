"""`generator update [NAME…]` pulls newer versions of templates into edited services."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from generator.cli import console
from generator.cli.completion import complete_subject
from generator.cli.options import (
    Data,
    Defaults,
    Dev,
    Diff,
    DryRun,
    Fetch,
    Json,
    NoLock,
    WorkspaceFolder,
)
from generator.errors import UsageError

if TYPE_CHECKING:
    from generator.usecases.resolution import Continuation
    from generator.usecases.update import PlannedUpdate, UpdateRequest
    from generator.usecases.verify import Verified
    from generator.workspace import Workspace

_CONFLICTS = 3


def update(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Services, or workspace for its own files; all when left out.",
            autocompletion=complete_subject,
        ),
    ] = None,
    *,
    to: Annotated[
        str,
        typer.Option(
            help="The version to go to; this generator's own when left out.", metavar="VERSION"
        ),
    ] = "",
    resolve: Annotated[
        bool, typer.Option("--resolve", help="Write conflicts, for you to resolve them.")
    ] = False,
    go_on: Annotated[
        bool, typer.Option("--continue", help="Finish an update whose conflicts you resolved.")
    ] = False,
    abort: Annotated[
        bool, typer.Option("--abort", help="Take an update back whose conflicts were written.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Write the result although a check is red.")
    ] = False,
    no_verify: Annotated[
        bool, typer.Option("--no-verify", help="Write the result without running its checks.")
    ] = False,
    data: Data = None,
    defaults: Defaults = False,
    no_lock: NoLock = False,
    fetch: Fetch = False,
    dev: Dev = False,
    workspace: WorkspaceFolder = Path(),
    dry_run: DryRun = False,
    diff: Diff = False,
    as_json: Json = False,
) -> None:
    """Merge newer templates with what you have edited.

    The merge, the wiring, the lock and every check are done in a copy aside; your files are
    written at the end, all or none. Conflicts (exit 3) and red checks (exit 1) leave everything
    as it is; with --resolve conflicts are written as git writes them, and --continue or --abort
    ends that. Files of yours with changes that are not committed are never written over.

    Example: generator update --dry-run

    Example: generator update users-api --to v1.4.0

    Example: generator update --resolve
    """
    from generator.usecases.update import UpdateRequest
    from generator.workspace import open_workspace

    opened = open_workspace(workspace)
    looking = dry_run or diff
    _refuse_contradictions({"--resolve": resolve, "--continue": go_on, "--abort": abort})
    if abort:
        _abort(opened, as_json=as_json)
    run = _Judging(keep=keep, no_verify=no_verify, fetch=fetch, as_json=as_json)
    if go_on:
        _continue(opened, run)
    request = UpdateRequest(
        names=tuple(names or ()), to=to, dev=dev, lock=not no_lock, resolve=resolve
    )
    asking = console.is_interactive() and not (defaults or as_json or looking)
    request = _with_answers(opened, request, data, asking=asking)
    if looking:
        _preview(opened, request, as_diff=diff, as_json=as_json)
    _update(opened, request, run)


class _Judging:
    """Verifies what is staged, as the flags want it, and remembers what was found."""

    def __init__(self, *, keep: bool, no_verify: bool, fetch: bool, as_json: bool) -> None:
        self.keep, self.as_json = keep, as_json
        self._no_verify, self._fetch = no_verify, fetch
        self.verified: Verified | None = None

    def agrees(self, staged: "Workspace", names: tuple[str, ...]) -> bool:
        """Whether what is staged may be written; `names` were updated."""
        from generator.cli.verify import verify_shown
        from generator.usecases.update import subjects_of
        from generator.usecases.verify import VerifyRequest

        if self._no_verify:
            return True
        request = VerifyRequest(names=subjects_of(staged, names), fetch=self._fetch)
        self.verified = verify_shown(staged, request)
        return self.keep or self.verified.exit_code == 0

    def leave(self) -> NoReturn:
        """End with what was found."""
        if self.verified and self.verified.missing:
            console.complain(self.verified.missing)
        if self.verified and self.verified.exit_code and not self.keep:
            raise typer.Exit(self.verified.exit_code)
        raise typer.Exit


def _update(workspace: "Workspace", request: "UpdateRequest", run: _Judging) -> NoReturn:
    from generator.cli import update_report
    from generator.usecases.update import update_workspace

    def judge(planned: "PlannedUpdate") -> bool:
        if not run.as_json:
            update_report.print_projects(planned)
        return run.agrees(planned.staged, tuple(each.name for each in planned.projects))

    planned, written = update_workspace(workspace, request, console.tell, judge=judge)
    if run.as_json:
        document = update_report.document(workspace, planned, run.verified, written=written)
        console.print_json(document)
    else:
        update_report.print_outcome(planned, run.verified, written=written)
    if planned.conflicts:
        raise typer.Exit(_CONFLICTS)
    run.leave()


def _preview(
    workspace: "Workspace", request: "UpdateRequest", *, as_diff: bool, as_json: bool
) -> NoReturn:
    from generator.cli import update_report
    from generator.usecases.update import preview_update

    planned = preview_update(workspace, request, console.tell)
    if as_json:
        console.print_json(update_report.document(workspace, planned, None, written=False))
    else:
        update_report.print_preview(workspace, planned, as_diff=as_diff)
    raise typer.Exit(_CONFLICTS if planned.conflicts else 0)


def _continue(workspace: "Workspace", run: _Judging) -> NoReturn:
    from generator.cli import update_report
    from generator.usecases.resolution import continue_update

    def judge(ending: "Continuation") -> bool:
        return run.agrees(ending.staged, tuple(each.name for each in ending.update.projects))

    ending, written = continue_update(workspace, console.tell, judge=judge)
    if run.as_json:
        document = update_report.ending_document(workspace, ending, run.verified, written=written)
        console.print_json(document)
    else:
        update_report.print_ending(ending, run.verified, written=written)
    run.leave()


def _abort(workspace: "Workspace", *, as_json: bool) -> NoReturn:
    from generator.usecases.resolution import abort_update

    update, kept = abort_update(workspace, console.tell)
    if as_json:
        paths = [file.path for file in update.files]
        console.print_json({"aborted": update.title, "restored": paths, "kept": kept})
    else:
        console.tell(f"`{update.title}` was taken back; everything is as it was before it.")
        if kept:
            console.tell(f"What you had written since is kept in {kept}.")
    raise typer.Exit


def _with_answers(
    workspace: "Workspace", request: "UpdateRequest", data: list[str] | None, *, asking: bool
) -> "UpdateRequest":
    """The request with the answers to new questions, from flags or from the person."""
    if not data and not asking:
        return request
    from dataclasses import replace

    from generator.cli.options import gather_answers
    from generator.usecases.new_questions import checked_answers, new_questions

    asked = new_questions(workspace, request)
    answers: dict[str, dict[str, Any]] = checked_answers(asked, gather_answers(None, data, {}))
    if asking:
        from generator.cli.prompts import ask_new

        for each in asked:
            answers[each.project.name] = ask_new(workspace, each, answers.get(each.project.name))
    return replace(request, answers=answers)


def _refuse_contradictions(flags: dict[str, bool]) -> None:
    given = [flag for flag, is_given in flags.items() if is_given]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} cannot be given together.")
