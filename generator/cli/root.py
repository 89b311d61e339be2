"""Registers every command; holds no logic."""

from typing import Annotated

import typer

from generator import __version__
from generator.cli import (
    adopt,
    backing,
    diff,
    doctor,
    down,
    features,
    graph,
    heal,
    init,
    list_services,
    logs,
    new_service,
    ps,
    relink,
    remove_service,
    rename_service,
    run_command,
    source,
    status,
    sync,
    template,
    undo,
    up,
    update,
    verify,
    why,
)

app = typer.Typer(
    name="generator",
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


for name, command in (
    ("init", init.init),
    ("new-service", new_service.new_service),
    ("rename-service", rename_service.rename_service),
    ("remove-service", remove_service.remove_service),
    ("add-feature", features.add_feature),
    ("remove-feature", features.remove_feature),
    ("relink", relink.relink),
    ("adopt", adopt.adopt),
    ("list", list_services.list_services),
    ("status", status.status),
    ("sync", sync.sync),
    ("graph", graph.graph),
    ("verify", verify.verify),
    ("update", update.update),
    ("diff", diff.diff),
    ("why", why.why),
    ("heal", heal.heal),
    ("undo", undo.undo),
    ("doctor", doctor.doctor),
    ("backing", backing.backing),
    ("up", up.up),
    ("ps", ps.ps),
    ("logs", logs.logs),
    ("down", down.down),
):
    app.command(name)(command)
app.add_typer(source.app, name="source")
app.add_typer(template.app, name="template")
# What stands behind its first word is the command's own, options too.
app.command("run", context_settings={"allow_interspersed_args": False})(run_command.run)
