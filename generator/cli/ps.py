"""`generator ps` shows the services of the running system."""

from pathlib import Path

import typer

from generator.cli import console
from generator.cli.options import Json, WorkspaceFolder
from generator.cli.services_table import document_of, services_table


def ps(*, workspace: WorkspaceFolder = Path(), as_json: Json = False) -> None:
    """Show the running services, their CPU and memory. Each has its state, URL and restarts.

    CPU is percent of one core over a fifth of a second; memory is what is resident, both with the
    processes that a service has started.

    Example: generator ps --json
    """
    from generator.usecases.running_system import running_system, usage_of
    from generator.workspace import open_workspace

    record = running_system(open_workspace(workspace))
    if as_json:
        console.print_json(document_of(record))
    elif record is None:
        console.tell("Nothing is up here: generator up.")
    else:
        console.output_console().print(services_table(record, usage_of(record)))
        for name, url in record.fakes.items():
            typer.echo(f"{name}: chat as a person at {url}")
