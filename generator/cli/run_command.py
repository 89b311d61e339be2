"""`generator run -- CMD` runs a command beside the servers that it needs."""

import os
from pathlib import Path
from typing import Annotated

import typer

from generator.cli import console
from generator.cli.completion import complete_backing
from generator.cli.options import Fetch, UseRunning, WorkspaceFolder

_NO_SUCH_COMMAND = 127


def run(
    command: Annotated[
        list[str], typer.Argument(help="What to run, with its arguments.", metavar="-- CMD...")
    ],
    *,
    kinds: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            help="These servers, as in postgres,redis; by default those that the service, or the "
            "whole workspace, needs.",
            metavar="KINDS",
            autocompletion=complete_backing,
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", help="Hand on this variable, whose name is a secret's."),
    ] = None,
    use_running: UseRunning = False,
    fetch: Fetch = False,
    workspace: WorkspaceFolder = Path(),
) -> None:
    """Run a command with backing services. Their URLs are in its environment.

    Below services/NAME it gets what that service needs, elsewhere what any of them needs. It sees
    the variables of this shell, but for those whose names say that they are secrets. Its exit
    code is the exit code; signals are passed on; the servers are removed when it has ended.

    Example: generator run --with postgres -- pytest -x
    """
    from generator.backing import Request
    from generator.processes.foreground import can_run, run_command
    from generator.usecases.backing import kinds_named, kinds_needed, lend
    from generator.usecases.lazy_backing import LazyBacking

    words = [word.strip() for word in ",".join(kinds or ()).split(",") if word.strip()]
    wanted = kinds_named(words) if kinds else kinds_needed(workspace)
    if not can_run(command[0], os.environ):
        console.tell(f"error: There is no command {command[0]!a}.")
        raise typer.Exit(_NO_SUCH_COMMAND)
    request = Request(environment=os.environ, use_running=use_running, fetch=fetch)
    with LazyBacking(request, report=console.tell) as servers:
        variables = lend(servers, wanted)
        code = run_command(command, {**_handed_on(frozenset(keep or ())), **variables})
    raise typer.Exit(code)


def _handed_on(kept: frozenset[str]) -> dict[str, str]:
    from generator.env_vars import secrets_in

    held_back = secrets_in(os.environ) - kept
    if held_back:
        console.tell(f"not handed on: {', '.join(sorted(held_back))} (--keep NAME does)")
    return {name: value for name, value in os.environ.items() if name not in held_back}
