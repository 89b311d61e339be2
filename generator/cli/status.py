"""`generator status` compares the services with the templates that they were rendered from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli import console
from generator.cli.options import Dev, Json, WorkspaceFolder

if TYPE_CHECKING:
    from generator.usecases.status import Facts, ProjectStatus, Status

# What may have become of a file, in the words that people and programs read.
_KINDS = ("edited", "drifted", "deleted", "missing")


def status(
    *,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Exit 1 when something is behind its template, or what nobody edits has drifted.",
        ),
    ] = False,
    dev: Dev = False,
    workspace: WorkspaceFolder = Path(),
    as_json: Json = False,
) -> None:
    """Show which services are behind, and what you edited.

    A file is edited, drifted (it differs though only the template changes it), deleted by you,
    or missing: the answers ask for it and it was never there. Nothing is written, and nothing of
    the workspace is run.

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
        if any(project.drifted for project in found.projects):
            console.tell("Next: generator heal --dry-run   put back what only templates change")
    if check and not found.is_current:
        raise typer.Exit(1)


def _print(project: "ProjectStatus") -> None:
    if project.rendered is None:
        typer.echo(f"{project.name}: cannot be compared: {project.problem}")
        return
    current, target = project.rendered.current.version, project.rendered.target.version
    news = f", behind {target or 'uncommitted templates'}" if project.is_behind else ""
    if project.rendered.is_ahead:
        news = f", newer than {target} of this generator"
    typer.echo(f"{project.name}: {project.rendered.template} {current}{news}{_told(project.facts)}")
    for word in _KINDS:
        for path in getattr(project, word):
            typer.echo(f"  {word:<7}  {path}")


def _told(facts: "Facts | None") -> str:
    """What else is known of a service, on the same line."""
    if facts is None:
        return ""
    told = [f"port {facts.port}", *(f"calls {provider}" for _, provider in facts.links)]
    green = f"green {facts.last_green:%Y-%m-%d %H:%M}" if facts.last_green else "not verified here"
    return "".join(f"; {words}" for words in (*told, green))


def _document(found: "Status") -> dict[str, Any]:
    return {
        "current": found.is_current,
        "wiring": list(found.wiring),
        "projects": [_row(project) for project in found.projects],
    }


def _row(project: "ProjectStatus") -> dict[str, Any]:
    rendered, facts = project.rendered, project.facts
    green = facts.last_green if facts else None
    return {
        "name": project.name,
        "template": rendered.template if rendered else "",
        "version": rendered.current.version if rendered else "",
        "target": rendered.target.version if rendered else "",
        "behind": project.is_behind,
        "ahead": bool(rendered and rendered.is_ahead),
        "port": facts.port if facts else None,
        "links": dict(facts.links) if facts else {},
        "last_green": green.isoformat() if green else None,
        "unchanged": project.unchanged,
        **{word: list(getattr(project, word)) for word in _KINDS},
        "problem": project.problem,
    }
