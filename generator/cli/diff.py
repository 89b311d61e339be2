"""`generator diff NAME` shows what people changed, or what the template would."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli import console
from generator.cli.completion import complete_subject
from generator.cli.options import Dev, Json, WorkspaceFolder

if TYPE_CHECKING:
    from generator.usecases.differences import Difference


def diff(
    name: Annotated[
        str,
        typer.Argument(
            help="A service, or workspace for its own files.", autocompletion=complete_subject
        ),
    ],
    *,
    template: Annotated[
        bool, typer.Option("--template", help="Show what the newest version would change instead.")
    ] = False,
    to: Annotated[
        str, typer.Option(help="With --template: another version.", metavar="VERSION")
    ] = "",
    dev: Dev = False,
    workspace: WorkspaceFolder = Path(),
    as_json: Json = False,
) -> None:
    """Show what you changed since a service was rendered.

    Files of your own that git knows, or would take, are in it. Nothing is written, and nothing of
    the workspace is run.

    Example: generator diff users-api

    Example: generator diff users-api --template
    """
    from generator.errors import UsageError
    from generator.usecases.differences import own_changes, template_changes
    from generator.workspace import open_workspace

    def show(difference: "Difference") -> None:
        _show(difference, as_json=as_json)

    if to and not template:
        raise UsageError("--to asks for a version of the template.", hint="Add --template.")
    opened = open_workspace(workspace)
    if template:
        template_changes(opened, name, show, to=to, dev=dev)
    else:
        own_changes(opened, name, show, dev=dev)


def _show(difference: "Difference", *, as_json: bool) -> None:
    from generator.changes import views

    project, changes = difference.project, difference.changes
    if as_json:
        console.print_json(
            {
                "name": project.name,
                "template": project.template,
                "version": project.current.version,
                "target": project.target.version,
                "changes": views.document(changes, root=difference.before),
            }
        )
        return
    typer.echo(views.diff(difference.before, changes), nl=False)
    if not changes:
        console.tell("No difference.")
