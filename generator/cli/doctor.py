"""`generator doctor` says what this machine or this workspace lacks."""

import os
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from generator.cli import console
from generator.cli.options import Json, WorkspaceFolder

_LEFT = 5
_STYLES = {"ok": "green", "warning": "yellow", "missing": "bold red"}


def doctor(
    *,
    workspace: WorkspaceFolder = Path(),
    clean: Annotated[
        bool, typer.Option("--clean", help="Only remove what nobody needs any more, and name it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say what this machine or this workspace lacks. The cure is said too.

    The servers that the services need are really started once and stopped again. Exit 6 when the
    machine lacks something, 1 when only the workspace needs care.

    With --clean, what services that are gone left in `.generator/` and `.env`, and template
    versions in the cache that are not used any more, are removed instead; so are folders,
    containers, databases, keys and virtual hosts of runs that have ended, each by the prefix of
    its run. Exit 5 when something could not be removed.

    Example: generator doctor --json
    """
    if clean:
        _clean(workspace, as_json=as_json)
        return
    from generator.usecases.doctor import diagnose

    diagnosis = diagnose(workspace)
    rows = [asdict(finding) for finding in diagnosis.findings]
    if as_json:
        console.print_json({"findings": rows, "exit_code": diagnosis.exit_code})
    else:
        _print(rows)
    if diagnosis.exit_code:
        raise typer.Exit(diagnosis.exit_code)


def _clean(start: Path, *, as_json: bool) -> None:
    from generator.backing.leftovers import remove_ended_runs
    from generator.errors import NotAWorkspaceError
    from generator.usecases.leftovers import remove_leftovers, remove_old_exports
    from generator.workspace import open_workspace

    removed: tuple[str, ...] = ()
    with suppress(NotAWorkspaceError):
        removed = remove_leftovers(open_workspace(start), console.tell).described()
    removed += tuple(map(str, remove_old_exports()))
    runs = remove_ended_runs(os.environ)
    removed += runs.removed
    if as_json:
        console.print_json({"removed": list(removed), "left": list(runs.left)})
    else:
        for line in removed:
            typer.echo(f"removed {line}")
        for line in runs.left:
            console.tell(f"left {line}")
        if not removed and not runs.left:
            console.tell("Nothing was left behind.")
    if runs.left:
        raise typer.Exit(_LEFT)


def _print(rows: list[dict[str, str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_header=False)
    for row in rows:
        state = row["state"]
        table.add_row(Text(row["subject"]), Text(state, style=_STYLES[state]), Text(row["detail"]))
        for line in row["cure"].splitlines():
            table.add_row("", "", Text(f"→ {line}"))
    console.output_console().print(table)
