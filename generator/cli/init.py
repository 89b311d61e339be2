"""`generator init NAME` makes a workspace."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli import console
from generator.cli.changed import rows, show
from generator.cli.options import (
    Data,
    DataFile,
    Description,
    Dev,
    Diff,
    DryRun,
    Json,
    NoLock,
    Owner,
    gather_answers,
)

if TYPE_CHECKING:
    from generator.usecases.create_workspace import CreatedWorkspace


def init(
    name: Annotated[str, typer.Argument(help="The workspace's name; also its folder's.")],
    *,
    description: Description = None,
    owner: Owner = None,
    data: Data = None,
    data_file: DataFile = None,
    dev: Dev = False,
    no_lock: NoLock = False,
    dry_run: DryRun = False,
    diff: Diff = False,
    as_json: Json = False,
) -> None:
    """Make a workspace, a git repository for services. It has the shared library, infra and CI.

    The folder NAME is made below the current one, with one commit, a lock file and a `.env`
    of random secrets that git ignores.

    Example: generator init shop --owner platform-team
    """
    from generator.usecases.create_workspace import NewWorkspace, create_workspace

    flags: dict[str, object | None] = {"description": description, "owner": owner}
    request = NewWorkspace(
        name=name,
        parent=Path.cwd(),
        data=gather_answers(data_file, data, flags),
        dev=dev,
        lock=not no_lock,
        dry_run=dry_run or diff,
    )
    created = create_workspace(request, console.tell)
    if as_json:
        console.print_json(_document(created, dry_run=request.dry_run))
    elif request.dry_run:
        # The folder above stands in for the one that is not there: nothing in it is compared.
        name = created.workspace.name
        show(request.parent, created.changes, as_diff=diff, below=name, locks=request.lock)
    else:
        number = len(created.changes.entries)
        typer.echo(f"Created {created.workspace.root} ({number} files, one commit).")
        console.tell(f"Next: cd {created.workspace.name} && generator new-service {created.first}")


def _document(created: "CreatedWorkspace", *, dry_run: bool) -> dict[str, object]:
    return {
        "workspace": created.workspace.name,
        "folder": str(created.workspace.root),
        "files": list(created.changes.paths),
        "changes": rows(created.workspace.root.parent, created.changes, written=not dry_run),
        "dry_run": dry_run,
    }
