"""`generator sync` rewrites the generated wiring files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli import console
from generator.cli.added import fill_in
from generator.cli.changed import rows, show
from generator.cli.options import Diff, DryRun, Json, WorkspaceFolder

if TYPE_CHECKING:
    from generator.changes import ChangeSet
    from generator.usecases.sync import Synced
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
    diff: Diff = False,
    as_json: Json = False,
) -> None:
    """Write wiring/ and complete .env from the answers.

    Running it twice changes nothing the second time. A file in wiring/ that was edited by hand
    is never overwritten silently: exit 3, with the diff.

    Example: generator sync --check
    """
    from generator.usecases.sync import sync_workspace
    from generator.workspace import open_workspace

    opened = open_workspace(workspace)
    looking = check or dry_run or diff
    synced = sync_workspace(opened, console.tell, force=force, dry_run=looking)
    # Whether `.env` is complete is no matter of a checkout in CI, which has none.
    shown = synced.plan.changes if check else synced.changes
    if as_json:
        console.print_json(_document(opened.root, synced, shown, written=not looking))
    elif looking:
        if shown:
            show(opened.root, shown, as_diff=diff or check)
        console.tell("wiring/ is in sync." if synced.plan.in_sync else "wiring/ is behind.")
    else:
        _report_written(synced)
    _report_rest(synced.plan)
    if check and not synced.plan.in_sync:
        if not as_json:
            console.tell("Next: generator sync")
        raise typer.Exit(1)


def _document(
    root: Path, synced: "Synced", shown: "ChangeSet", *, written: bool
) -> dict[str, object]:
    return {
        "in_sync": synced.plan.in_sync,
        "written": written,
        "changes": rows(root, shown, written=written),
        "missing_secrets": list(synced.plan.missing_secrets),
        "unfilled_secrets": list(synced.plan.unfilled),
        "left_alone": [
            {"service": one.name, "reason": one.reason} for one in synced.plan.inventory.unjudged
        ],
        "foreign": list(synced.plan.foreign),
    }


def _report_rest(plan: "SyncPlan") -> None:
    for one in plan.inventory.unjudged:
        console.tell(f"Left alone: {one.name}. {one.reason}")
    if plan.unfilled:
        console.tell(fill_in(plan.unfilled))
    if plan.foreign:
        console.tell(f"Left alone, because it was not generated: {', '.join(plan.foreign)}")


def _report_written(synced: "Synced") -> None:
    for path in synced.plan.changes.paths:
        typer.echo(f"wrote {path}")
    if synced.plan.missing_secrets:
        typer.echo(f"added to .env: {', '.join(synced.plan.missing_secrets)}")
    if not synced.changes:
        console.tell("wiring/ and .env are in sync; nothing was written.")
