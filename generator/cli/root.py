"""Lists every command; holds no logic."""

from typing import Annotated, ClassVar

import typer

from generator import __version__
from generator.cli.lazy import LazyGroup, Listed


class _Commands(LazyGroup):
    """Every command by its name."""

    package = "generator.cli"
    listed: ClassVar = {
        "init": Listed("init:init", "Make a workspace, a git repository for services."),
        "new-service": Listed(
            "new_service:new_service", "Render a service, wire it and verify it."
        ),
        "rename-service": Listed("rename_service:rename_service", "Rename a service."),
        "remove-service": Listed("remove_service:remove_service", "Remove a service."),
        "add-feature": Listed(
            "features:add_feature", "Give a service features that its template offers."
        ),
        "remove-feature": Listed("features:remove_feature", "Take features out of a service."),
        "relink": Listed("relink:relink", "Have a service call another one than it does."),
        "adopt": Listed("adopt:adopt", "Record what a service without answers was rendered from."),
        "list": Listed("list_services:list_services", "List the services of this workspace."),
        "status": Listed("status:status", "Show which services are behind, and what you edited."),
        "sync": Listed("sync:sync", "Write wiring/ and complete .env from the answers."),
        "graph": Listed("graph:graph", "Draw the services and what connects them."),
        "verify": Listed("verify:verify", "Run every check of the services."),
        "update": Listed("update:update", "Merge newer templates with what you have edited."),
        "diff": Listed("diff:diff", "Show what you changed since a service was rendered."),
        "why": Listed("why:why", "Tell where a file or a line comes from."),
        "heal": Listed("heal:heal", "Put files back as they were rendered."),
        "undo": Listed("undo:undo", "Take the last command back."),
        "doctor": Listed("doctor:doctor", "Say what this machine or this workspace lacks."),
        "backing": Listed("backing:backing", "Start backing services and print their URLs."),
        "up": Listed("up:up", "Run the whole system on this machine."),
        "ps": Listed("ps:ps", "Show the running services, their CPU and memory."),
        "logs": Listed("logs:logs", "Show what the services say."),
        "down": Listed("down:down", "End the running system."),
        "run": Listed(
            "run_command:run", "Run a command with backing services.", interspersed=False
        ),
        "source": Listed("source:app", "An organisation's own templates."),
        "template": Listed("template:app", "For those who write templates: test them."),
    }


app = typer.Typer(
    name="generator",
    cls=_Commands,
    help="Scaffold, wire and verify an organisation's Python services.",
    epilog=("Start with: generator init shop && cd shop && generator list --templates"),
    no_args_is_help=True,
    # Plain help: for its panels Typer imports Rich's Markdown and tracebacks, which takes longer
    # than all the rest of `--help` (2.7 times importing typer and rich, without them 1.2 times).
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"generator {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Hold what stands before every command."""
