"""`generator down` ends the system that `generator up` runs."""

from pathlib import Path
from typing import Annotated

import typer

from generator.cli import console
from generator.cli.options import Json, WorkspaceFolder


def down(
    *,
    compose: Annotated[
        bool, typer.Option("--compose", help="End the containers of `up --compose`.")
    ] = False,
    workspace: WorkspaceFolder = Path(),
    as_json: Json = False,
) -> None:
    """End the running system. Every service has its grace time, then the servers end; data stay.

    Returns when nothing of it is left. That nothing runs is no failure.

    Example: generator down
    """
    from generator.usecases.compose_engine import compose_down
    from generator.usecases.running_system import end_system
    from generator.workspace import open_workspace

    opened = open_workspace(workspace)
    if compose:
        compose_down(opened, console.tell)
    ended = compose or end_system(opened)
    if as_json:
        console.print_json({"ended": ended})
    else:
        console.tell("Everything has ended." if ended else "Nothing is up here.")
