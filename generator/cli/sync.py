"""`generator sync` rewrites the generated wiring files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli import console
from generator.cli.added import fill_in
from generator.cli.options import DryRun, Json, WorkspaceFolder

if TYPE_CHECKING:
    from generator.usecases.wiring_files import SyncPlan


def sync(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 and show the diff if behind.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Discard edits made by hand in wiring/.")
    ] = False,
    workspace: WorkspaceFolder = Path(),
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Write wiring/ and complete .env from the services' answers.

    Running it twice changes nothing the second time. A file in wiring/ that was edited by hand
    is never overwritten silently: exit 3, with the diff.

    Example: generator sync --check
    """
    from generator.usecases.sync import sync_workspace
    from generator.usecases.wiring_files import plan_sync
    from generator.workspace import open_workspace

    opened = open_workspace(workspace)
    write = not (check or dry_run)
    plan = sync_workspace(opened, console.tell, force=force) if write else plan_sync(opened)
    if as_json:
        console.print_json(_document(plan, written=write))
    elif write:
        _report_written([change.path for change in plan.changes], list(plan.missing_secrets))
    else:
        typer.echo("".join(change.diff for change in plan.changes), nl=False)
        console.tell("wiring/ is in sync." if plan.in_sync else "wiring/ is behind: generator sync")
    for one in plan.inventory.unjudged:
        console.tell(f"Left alone: {one.name}. {one.reason}")
    if plan.unfilled:
        console.tell(fill_in(plan.unfilled))
    if plan.foreign:
        console.tell(f"Left alone, because it was not generated: {', '.join(plan.foreign)}")
    if check and not plan.in_sync:
        raise typer.Exit(1)


def _document(plan: "SyncPlan", *, written: bool) -> dict[str, object]:
    return {
        "in_sync": plan.in_sync,
        "written": written,
        "files": [
            {"path": change.path, "diff": change.diff, "hand_edited": change.hand_edited}
            for change in plan.changes
        ],
        "missing_secrets": list(plan.missing_secrets),
        "unfilled_secrets": list(plan.unfilled),
        "left_alone": [
            {"service": one.name, "reason": one.reason} for one in plan.inventory.unjudged
        ],
        "foreign": list(plan.foreign),
    }


def _report_written(paths: list[str], secrets: list[str]) -> None:
    for path in paths:
        typer.echo(f"wrote {path}")
    if secrets:
        typer.echo(f"added to .env: {', '.join(secrets)}")
    if not paths and not secrets:
        console.tell("wiring/ and .env are in sync; nothing was written.")
