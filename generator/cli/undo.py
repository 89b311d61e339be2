"""`generator undo` takes back the last command that changed this workspace."""

from pathlib import Path
from typing import Annotated

import typer

from generator.cli import console
from generator.cli.answers_changed import tell_local_data
from generator.cli.changed import rows, show
from generator.cli.options import Diff, DryRun, Json, WorkspaceFolder


def undo(
    *,
    forget: Annotated[
        bool, typer.Option("--forget", help="Remove what is kept for it, secrets included.")
    ] = False,
    workspace: WorkspaceFolder = Path(),
    dry_run: DryRun = False,
    diff: Diff = False,
    as_json: Json = False,
) -> None:
    """Take the last command back. Every file is as it was before, .env included, byte for byte.

    What the last command that changed something replaced is kept in .generator/undo, for you alone,
    until the next such command. A file that you have changed since is never run over: exit 3 names
    them all, and nothing is written. Undoing twice does the command again. Commits are yours: undo
    changes files, not history.

    Example: generator undo --dry-run
    """
    from generator.usecases.undo import forget as forget_last
    from generator.usecases.undo import undo_last
    from generator.workspace import open_workspace

    opened = open_workspace(workspace)
    looking = dry_run or diff
    if forget and not looking:
        forget_last(opened, console.tell)
        console.tell("Nothing can be undone any more.")
        return
    undone = undo_last(opened, console.tell, dry_run=looking)
    if as_json:
        title = undone.changes.title
        changes = rows(opened.root, undone.changes, written=not looking)
        console.print_json({"title": title, "written": not looking, "changes": changes})
    elif looking:
        show(opened.root, undone.changes, as_diff=diff)
    else:
        number = len(undone.changes.entries)
        tell_local_data(undone.local)
        typer.echo(f"{undone.changes.title}: {number} file{'' if number == 1 else 's'} changed.")
