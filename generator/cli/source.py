"""`generator source` names the organisation's template repositories that a workspace uses."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli import console
from generator.cli.completion import complete_source
from generator.cli.options import Json, WorkspaceFolder

if TYPE_CHECKING:
    from generator.usecases.sources import ListedSource

app = typer.Typer(
    help="An organisation's own templates. Add, list, trust and remove their repositories.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
_Name = Annotated[
    str,
    typer.Argument(
        help="Its name, as in new-service NAME/template.", autocompletion=complete_source
    ),
]


@app.command("add")
def add(
    name: _Name,
    url: Annotated[str, typer.Argument(help="The address of a git repository, or its folder.")],
    *,
    ref: Annotated[
        str, typer.Option(help="A tag or branch; the newest release when left out.", metavar="REF")
    ] = "",
    workspace: WorkspaceFolder = Path(),
    as_json: Json = False,
) -> None:
    """Fetch a template repository, trust it, and record its version in pyproject.toml.

    Trust is yours and stays on this machine: verifying a service runs what its templates bring.
    Adding it again with another --ref moves the workspace to that version.

    Example: generator source add acme https://git.example.com/platform/templates.git
    """
    from generator.usecases.sources import add_source
    from generator.workspace import open_workspace

    added = add_source(open_workspace(workspace), name, url, ref=ref, report=console.tell)
    offered = [spec.name for spec in added.catalog.templates]
    if as_json:
        console.print_json(
            {
                "name": added.record.name,
                "url": added.record.url,
                "ref": added.record.ref,
                "commit": added.record.commit,
                "version": added.version,
                "templates": offered,
            }
        )
        return
    typer.echo(f"{name}: {added.record.url} at {added.version}")
    for spec in added.catalog.templates:
        typer.echo(f"  {name}/{spec.name}  {spec.summary}")
    console.tell(f"Next: generator new-service {name}/{offered[0]} NAME")


@app.command("list")
def list_(*, workspace: WorkspaceFolder = Path(), as_json: Json = False) -> None:
    """List the sources of this workspace; nothing is fetched.

    Example: generator source list --json
    """
    from generator.usecases.sources import list_sources
    from generator.workspace import open_workspace

    listed = list_sources(open_workspace(workspace))
    if as_json:
        console.print_json({"sources": [_row(each) for each in listed]})
        return
    if not listed:
        console.tell("No source yet: generator source add NAME URL")
    for each in listed:
        _print_source(each)


def _row(each: "ListedSource") -> dict[str, object]:
    return {
        "name": each.record.name,
        "url": each.record.url,
        "ref": each.record.ref,
        "commit": each.record.commit,
        "trusted": each.trusted,
        "version": each.version,
        "newest": each.newest,
        "templates": list(each.templates),
        "services": list(each.services),
    }


def _print_source(each: "ListedSource") -> None:
    at = each.version or f"{each.record.ref}, not fetched on this machine"
    newer = f", {each.newest} is out" if each.newest not in {"", each.version} else ""
    typer.echo(f"{each.record.name}: {each.record.url} at {at}{newer}")
    if not each.trusted:
        typer.echo(f"  not trusted here: generator source trust {each.record.name}")
    if each.templates:
        typer.echo(f"  templates: {', '.join(each.templates)}")
    if each.services:
        typer.echo(f"  services: {', '.join(each.services)}")


@app.command("trust")
def trust(name: _Name, *, workspace: WorkspaceFolder = Path()) -> None:
    """Trust a source that the workspace names already, as after cloning it.

    Example: generator source trust acme
    """
    from generator.usecases.sources import trust_source
    from generator.workspace import open_workspace

    record = trust_source(open_workspace(workspace), name)
    typer.echo(f"{record.url} is trusted on this machine now.")


@app.command("remove")
def remove(name: _Name, *, workspace: WorkspaceFolder = Path()) -> None:
    """Take a source out of the workspace, and your trust in it back.

    Services that were rendered from it stay, and are verified, wired and run as before.

    Example: generator source remove acme
    """
    from generator.usecases.sources import remove_source
    from generator.workspace import open_workspace

    removed = remove_source(open_workspace(workspace), name, console.tell)
    typer.echo(f"{name} is no source of this workspace any more.")
    if removed.services:
        console.tell(f"These stay as they are, without updates: {', '.join(removed.services)}")
