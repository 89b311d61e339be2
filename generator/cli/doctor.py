"""`generator doctor` says what this machine or this workspace lacks."""

from dataclasses import asdict
from pathlib import Path

import typer

from generator.cli import console
from generator.cli.options import Json, WorkspaceFolder

_STYLES = {"ok": "green", "warning": "yellow", "missing": "bold red"}


def doctor(*, workspace: WorkspaceFolder = Path(), as_json: Json = False) -> None:
    """Say what is missing on this machine or out of order in this workspace, with the cure.

    The servers that the services need are really started once and stopped again. Exit 6 when the
    machine lacks something, 1 when only the workspace needs care.

    Example: generator doctor --json
    """
    from generator.usecases.doctor import diagnose

    diagnosis = diagnose(workspace)
    rows = [asdict(finding) for finding in diagnosis.findings]
    if as_json:
        console.print_json({"findings": rows, "exit_code": diagnosis.exit_code})
    else:
        _print(rows)
    if diagnosis.exit_code:
        raise typer.Exit(diagnosis.exit_code)


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
