"""`generator status` compares the services with the templates that they were rendered from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli import console
from generator.cli.options import Dev, Json, WorkspaceFolder

if TYPE_CHECKING:
    from generator.usecases.status import ProjectStatus, Status


def status(
    *,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Exit 1 when something is behind its template or wiring/ has drifted."
        ),
    ] = False,
    dev: Dev = False,
    workspace: WorkspaceFolder = Path(),
    as_json: Json = False,
) -> None:
    """Show which services are behind their templates, and which of their files you have edited.

    Nothing is written, and nothing of the workspace is run.

    Example: generator status --check
    """
    from generator.usecases.status import workspace_status
    from generator.workspace import open_workspace

    found = workspace_status(open_workspace(workspace), console.tell, dev=dev)
    if as_json:
        console.print_json(_document(found))
    else:
        for project in found.projects:
            _print(project)
        for path in found.wiring:
            typer.echo(f"wiring: {path} is not what the answers ask for: generator sync")
        if any(project.is_behind for project in found.projects):
            console.tell("Next: generator update --dry-run")
    if check and not found.is_current:
        raise typer.Exit(1)


def _print(project: "ProjectStatus") -> None:
    if project.rendered is None:
        typer.echo(f"{project.name}: cannot be compared: {project.problem}")
        return
    current, target = project.rendered.current.version, project.rendered.target.version
    news = f", behind {target or 'uncommitted templates'}" if project.is_behind else ""
    typer.echo(f"{project.name}: {project.rendered.template} {current}{news}")
    for word, paths in (("edited", project.edited), ("deleted", project.deleted)):
        for path in paths:
            typer.echo(f"  {word:<7}  {path}")


def _document(found: "Status") -> dict[str, Any]:
    return {
        "current": found.is_current,
        "wiring": list(found.wiring),
        "projects": [_row(project) for project in found.projects],
    }


def _row(project: "ProjectStatus") -> dict[str, Any]:
    rendered = project.rendered
    return {
        "name": project.name,
        "template": rendered.template if rendered else "",
        "version": rendered.current.version if rendered else "",
        "target": rendered.target.version if rendered else "",
        "behind": project.is_behind,
        "unchanged": project.unchanged,
        "edited": list(project.edited),
        "deleted": list(project.deleted),
        "problem": project.problem,
    }
