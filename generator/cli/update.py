"""`generator update [NAME…]` pulls newer versions of templates into edited services."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli import console
from generator.cli.changed import counted, rows, show
from generator.cli.completion import complete_subject
from generator.cli.options import Dev, Diff, DryRun, Fetch, Json, NoLock, WorkspaceFolder

if TYPE_CHECKING:
    from generator.usecases.update import PlannedUpdate
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
    keep: Annotated[
        bool, typer.Option("--keep", help="Write the result although a check is red.")
    ] = False,
    no_verify: Annotated[
        bool, typer.Option("--no-verify", help="Write the result without running its checks.")
    ] = False,
    no_lock: NoLock = False,
    fetch: Fetch = False,
    dev: Dev = False,
    workspace: WorkspaceFolder = Path(),
    dry_run: DryRun = False,
    diff: Diff = False,
    as_json: Json = False,
) -> None:
    """Merge newer versions of the templates with what you have edited.

    The merge, the wiring, the lock and every check are done in a copy aside; your files are
    written at the end, all or none. Conflicts (exit 3) and red checks (exit 1) leave everything
    as it is. Files of yours with changes that are not committed are never written over.

    Example: generator update --dry-run

    Example: generator update users-api --to v1.4.0
    """
    from generator.usecases.update import UpdateRequest, preview_update, update_workspace
    from generator.workspace import open_workspace

    opened = open_workspace(workspace)
    request = UpdateRequest(names=tuple(names or ()), to=to, dev=dev, lock=not no_lock)
    if dry_run or diff:
        previewed = preview_update(opened, request, console.tell)
        _show_plan(opened, previewed, as_diff=diff, as_json=as_json)
        _leave(previewed, None, keep=True)
    found: list[Verified] = []

    def judge(planned: "PlannedUpdate") -> bool:
        if not as_json:
            _print_projects(planned)
        if no_verify:
            return True
        found.append(_verified(planned, fetch=fetch))
        return keep or found[0].exit_code == 0

    planned, written = update_workspace(opened, request, console.tell, judge=judge)
    verified = found[0] if found else None
    if as_json:
        console.print_json(_document(opened, planned, verified, written=written))
    else:
        _report(planned, verified, written=written)
    _leave(planned, verified, keep=keep)


def _verified(planned: "PlannedUpdate", *, fetch: bool) -> "Verified":
    from generator.cli.verify import verify_shown
    from generator.usecases.update import subjects_of
    from generator.usecases.verify import VerifyRequest

    request = VerifyRequest(names=subjects_of(planned), fetch=fetch)
    return verify_shown(planned.staged, request)


def _show_plan(
    workspace: "Workspace", planned: "PlannedUpdate", *, as_diff: bool, as_json: bool
) -> None:
    if as_json:
        console.print_json(_document(workspace, planned, None, written=False))
        return
    if not as_diff:
        _print_projects(planned)
        _print_files(planned)
    if planned.projects and not planned.conflicts:
        show(workspace.root, planned.changes, as_diff=as_diff)


def _report(planned: "PlannedUpdate", verified: "Verified | None", *, written: bool) -> None:
    from generator.cli.report import print_report

    if verified:
        print_report(verified.report)
    if not planned.projects:
        console.tell("Everything is at this version already; nothing was written.")
    elif planned.conflicts:
        _print_projects(planned)
        _print_files(planned)
        console.tell(
            "You and the template disagree in the files marked as conflict; nothing was written.\n"
            "Next: commit a change that makes room for the template's, then run it again."
        )
    elif written:
        _print_files(planned)
        console.tell(
            f"{counted(planned.changes).replace('would change', 'written')}.\n"
            "Next: git diff   look at it\n"
            "      git add -A && git commit -m 'Update from the templates'   keep it"
        )
    else:
        console.tell(
            "Red with the update, so nothing was written; --keep writes it all the same.\n"
            "Next: generator update --diff   see what it would change"
        )


def _print_projects(planned: "PlannedUpdate") -> None:
    for each in planned.projects:
        typer.echo(f"{each.name}: {each.current.version} → {each.target.version or 'uncommitted'}")
        for key, value in sorted(each.defaults.items()):
            console.tell(f"  new answer {key}: {value!r} (its default)")
        if each.dropped:
            console.tell(f"  no longer asked: {', '.join(each.dropped)}")


def _print_files(planned: "PlannedUpdate") -> None:
    width = max((len(file.outcome) for file in planned.files), default=0)
    for file in planned.files:
        was = f" (was {file.renamed_from})" if file.renamed_from else ""
        typer.echo(f"  {file.outcome:<{width}}  {file.path}{was}: {file.reason}")


def _document(
    workspace: "Workspace",
    planned: "PlannedUpdate",
    verified: "Verified | None",
    *,
    written: bool,
) -> dict[str, Any]:
    from generator.cli.verify import document_of

    return {
        "schema": 1,
        "written": written,
        "projects": [
            {
                "name": each.name,
                "template": each.template,
                "from": each.current.version,
                "to": each.target.version,
                "defaults": dict(each.defaults),
                "dropped": list(each.dropped),
            }
            for each in planned.projects
        ],
        "files": [
            {
                "path": file.path,
                "outcome": file.outcome.value,
                "reason": file.reason,
                "renamed_from": file.renamed_from,
            }
            for file in planned.files
        ],
        "changes": rows(workspace.root, planned.changes, written=written),
        "verification": document_of(verified) if verified else None,
    }


def _leave(planned: "PlannedUpdate", verified: "Verified | None", *, keep: bool) -> None:
    if planned.conflicts:
        raise typer.Exit(_CONFLICTS)
    if verified and verified.missing:
        console.complain(verified.missing)
    if verified and verified.exit_code and not keep:
        raise typer.Exit(verified.exit_code)
    raise typer.Exit
