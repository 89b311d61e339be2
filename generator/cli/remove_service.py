"""`generator remove-service NAME` takes a service out of this workspace."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli import console
from generator.cli.changed import rows, show
from generator.cli.completion import complete_service
from generator.cli.options import Diff, DryRun, Json, NoLock, WorkspaceFolder

if TYPE_CHECKING:
    from generator.usecases.remove_service import RemovedService


def remove_service(
    name: Annotated[str, typer.Argument(help="The service.", autocompletion=complete_service)],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Remove also what people wrote in its folder.")
    ] = False,
    no_lock: NoLock = False,
    workspace: WorkspaceFolder = Path(),
    dry_run: DryRun = False,
    diff: Diff = False,
    as_json: Json = False,
) -> None:
    """Remove a service. Its folder, its wiring, its secrets in .env and what only it locked go.

    It goes whole or not at all. It stays (exit 3, with the reason) while other services call it,
    and when it holds what its template does not give back: edits, files of your own, ignored
    files, a secret that you filled in. --force takes those along. `generator undo` brings the
    last command back. A database of the service is left as it is.

    Example: generator remove-service users-api --dry-run
    """
    from generator.usecases.remove_service import Removal, remove_service
    from generator.workspace import open_workspace

    opened = open_workspace(workspace)
    looking = dry_run or diff
    request = Removal(name=name, force=force, lock=not no_lock, dry_run=looking)
    removed = remove_service(opened, request, console.tell)
    if as_json:
        console.print_json(_document(opened.root, removed, written=not looking))
    elif looking:
        show(opened.root, removed.changes, as_diff=diff, locks=not no_lock)
    else:
        _report(removed)


def _document(root: Path, removed: "RemovedService", *, written: bool) -> dict[str, Any]:
    return {
        "service": removed.name,
        "written": written,
        "changes": rows(root, removed.changes, written=written),
        "committed": list(removed.losses.committed),
        "not_committed": list(removed.losses.only_here),
        "secrets": list(removed.secrets),
        "databases": list(removed.databases),
    }


def _report(removed: "RemovedService") -> None:
    typer.echo(f"Removed services/{removed.name} and its wiring.")
    if removed.secrets:
        typer.echo(f"Removed from .env: {', '.join(removed.secrets)}.")
    for database in removed.databases:
        console.tell(f"The database {database}, where there is one, is left as it is.")
    console.tell("Next: git add -A && git commit   keep it\n      generator undo   take it back")
