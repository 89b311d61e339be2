"""`generator ps` shows the services of the running system."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from generator.cli import console
from generator.cli.options import Json, WorkspaceFolder

if TYPE_CHECKING:
    from generator.running import Record


def ps(*, workspace: WorkspaceFolder = Path(), as_json: Json = False) -> None:
    """Show what runs: each service with its state, URL, restarts and process.

    Example: generator ps --json
    """
    from generator.cli.up import document_of
    from generator.usecases.running_system import running_system
    from generator.workspace import open_workspace

    record = running_system(open_workspace(workspace))
    if as_json:
        console.print_json(document_of(record))
    elif record is None:
        console.tell("Nothing is up here: generator up.")
    else:
        _print(record)


def _print(record: "Record") -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for title in ("service", "state", "url", "restarts", "process", "note"):
        table.add_column(title, justify="right" if title == "restarts" else "left")
    for one in record.services:
        cells = (one.name, one.state, one.url, str(one.restarts), str(one.pid or ""), one.note)
        table.add_row(*map(Text, cells))
    for server in record.servers:
        table.add_row(*map(Text, (server.kind, "server", "", "", "", server.detail)))
    console.output_console().print(table)
    if record.fakes:
        for name, url in record.fakes.items():
            typer.echo(f"{name}: chat as a person at {url}")
