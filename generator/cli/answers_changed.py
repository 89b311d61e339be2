"""Carries out a change of a service's answers and says what came of it, for people or as data."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import typer

from generator.cli import console
from generator.cli.changed import merged_rows, rows, show

if TYPE_CHECKING:
    from generator.usecases.change_answers import Ask, PlannedChange
    from generator.usecases.local_data import LocalData
    from generator.usecases.verify import Verified
    from generator.workspace import Workspace

_CONFLICTS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeOptions:
    """How a change is carried out.

    Attributes:
        looking: nothing is written.
        as_diff: the whole diff is shown.
        as_json: as data.
        verify: whether the result is verified before it is written.
        keep: whether it is written although a check is red.
        fetch: whether a server may be downloaded for it.
        lock: whether uv.lock follows.
    """

    looking: bool = False
    as_diff: bool = False
    as_json: bool = False
    verify: bool = True
    keep: bool = False
    fetch: bool = False
    lock: bool = True


def carry_out(workspace: "Workspace", ask: "Ask", options: ChangeOptions) -> "PlannedChange | None":
    """Plan the change, verify it aside, write it, and say so.

    Returns:
        What was written; None where nothing was.

    Raises:
        typer.Exit: with 3 for conflicts, 1 for a red check, 6 for a check that lacked something.
    """
    from generator.usecases.change_answers import change_answers, preview_change

    if options.looking:
        previewed = preview_change(workspace, ask, console.tell)
        _show(workspace, previewed, options)
        _leave(previewed, None, options)
        return None
    found: list[Verified] = []

    def judge(planned: "PlannedChange") -> bool:
        if not options.verify:
            return True
        found.append(_verified(planned, options))
        return options.keep or found[0].exit_code == 0

    planned, written = change_answers(workspace, ask, console.tell, judge=judge, lock=options.lock)
    verified = found[0] if found else None
    if options.as_json:
        console.print_json(_document(workspace, planned, verified, written=written))
    else:
        _report(planned, verified, written=written)
    _leave(planned, verified, options)
    return planned if written else None


def _verified(planned: "PlannedChange", options: ChangeOptions) -> "Verified":
    from generator.cli.verify import verify_shown
    from generator.usecases.verify import VerifyRequest

    request = VerifyRequest(names=planned.subjects, fetch=options.fetch)
    return verify_shown(planned.staged, request)


def _show(workspace: "Workspace", planned: "PlannedChange", options: ChangeOptions) -> None:
    if options.as_json:
        console.print_json(_document(workspace, planned, None, written=False))
    elif planned.conflicts:
        _print_conflicts(planned)
    else:
        show(workspace.root, planned.changes, as_diff=options.as_diff, locks=options.lock)


def _report(planned: "PlannedChange", verified: "Verified | None", *, written: bool) -> None:
    from generator.cli.report import print_report

    if verified:
        print_report(verified.report)
    if planned.conflicts:
        _print_conflicts(planned)
    elif not written:
        console.tell(
            "Red with the change, so nothing was written; --keep writes it all the same.\n"
            "Next: the same with --diff   see what it would change"
        )
    else:
        number = len(planned.changes.entries)
        typer.echo(f"{planned.change.title}: {number} files written.")
        if planned.secrets:
            typer.echo(f"Removed from .env: {', '.join(planned.secrets)}.")
        _report_rest(planned)
        console.tell(
            "Next: git diff   look at it, then git add -A && git commit\n"
            "      generator undo   take it back"
        )


def _report_rest(planned: "PlannedChange") -> None:
    """What is left to people: lines that they wrote, and what runs already."""
    tell_local_data(planned.local)
    if planned.mentions:
        console.tell(f"The old name is still in: {', '.join(planned.mentions)}.")
    if planned.steps:
        numbered = (f"  {number}. {step}" for number, step in enumerate(planned.steps, 1))
        console.tell("\n".join(("Where it runs already:", *numbered)))


def tell_local_data(local: "LocalData") -> None:
    """What became of the data that `generator up` keeps on this machine."""
    if local.renamed:
        console.tell(f"The database of {local.renamed} on this machine has its new name, too.")
    if local.failed:
        console.tell(
            f"The database on this machine keeps its old name: {local.failed}\n"
            "Next: generator undo, mend that, and run the command again."
        )


def _print_conflicts(planned: "PlannedChange") -> None:
    for file in planned.conflicts:
        typer.echo(f"  {file.outcome}  {file.path}: {file.reason}")
    console.tell(
        "What you wrote there would be lost or has no place in the result; nothing was written.\n"
        "Next: move it elsewhere or take it out, and run the command again."
    )


def _document(
    workspace: "Workspace",
    planned: "PlannedChange",
    verified: "Verified | None",
    *,
    written: bool,
) -> dict[str, Any]:
    from generator.cli.verify import document_of

    return {
        "title": planned.change.title,
        "written": written,
        "files": merged_rows(planned.files),
        "changes": rows(workspace.root, planned.changes, written=written),
        "removed_secrets": list(planned.secrets),
        "mentions": list(planned.mentions),
        "steps": list(planned.steps),
        "local_data": asdict(planned.local),
        "verification": document_of(verified) if verified else None,
    }


def _leave(planned: "PlannedChange", verified: "Verified | None", options: ChangeOptions) -> None:
    if planned.conflicts:
        raise typer.Exit(_CONFLICTS)
    if verified and verified.missing:
        console.complain(verified.missing)
    if verified and verified.exit_code and not options.keep:
        raise typer.Exit(verified.exit_code)
