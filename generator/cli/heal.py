"""`generator heal [NAME…]` puts back files that only the template changes."""

from pathlib import Path
from typing import Annotated

import typer

from generator.cli import console
from generator.cli.changed import counted, rows, show
from generator.cli.completion import complete_subject
from generator.cli.options import Dev, Diff, DryRun, Json, WorkspaceFolder


def heal(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Services, or workspace for its own files; all when left out.",
            autocompletion=complete_subject,
        ),
    ] = None,
    *,
    file: Annotated[
        list[str] | None,
        typer.Option(
            "--file",
            help="Put back this file, from the workspace's root on; may be given again.",
            metavar="FILE",
        ),
    ] = None,
    dev: Dev = False,
    workspace: WorkspaceFolder = Path(),
    dry_run: DryRun = False,
    diff: Diff = False,
    as_json: Json = False,
) -> None:
    """Put files back as they were rendered.

    It takes those that only the template changes, or those named. What you changed and did not
    commit is never written over (exit 3).

    Example: generator heal --dry-run

    Example: generator heal --file services/users-api/Dockerfile
    """
    from generator.usecases.heal import HealRequest, preview_heal
    from generator.usecases.heal import heal as put_back
    from generator.workspace import open_workspace

    opened = open_workspace(workspace)
    request = HealRequest(names=tuple(names or ()), files=tuple(file or ()), dev=dev)
    looking = dry_run or diff
    changes = (preview_heal if looking else put_back)(opened, request, console.tell)
    if as_json:
        written = not looking
        document = {"written": written, "changes": rows(opened.root, changes, written=written)}
        console.print_json(document)
    elif looking:
        show(opened.root, changes, as_diff=diff)
    elif changes:
        for path in changes.paths:
            typer.echo(path)
        console.tell(f"{counted(changes).replace('would change', 'put back')}.")
    else:
        console.tell("Nothing has drifted.")
