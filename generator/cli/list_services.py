"""`generator list` shows the services of a workspace, or the templates."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli import console
from generator.cli.options import Json, WorkspaceFolder

if TYPE_CHECKING:
    from generator.answers import Answers
    from generator.catalog import TemplateSpec

_COLUMNS = ("service_name", "template", "port", "owner", "commit", "description")


def list_services(
    *,
    templates: Annotated[
        bool, typer.Option("--templates", help="Show the templates that there are.")
    ] = False,
    workspace: WorkspaceFolder = Path(),
    as_json: Json = False,
) -> None:
    """List the services of this workspace. They are read from their answers files.

    Example: generator list --json
    """
    if templates:
        _list_templates(as_json=as_json)
        return
    from generator.workspace import open_workspace

    opened = open_workspace(workspace)
    services = [_recorded(answers) for answers in opened.services()]
    if as_json:
        console.print_json({"workspace": opened.name, "services": services})
        return
    if not services:
        console.tell(f"No service yet: generator new-service {_first_service()}")
        return
    _print_table(
        ["service", *_COLUMNS[1:]],
        [[str(service[key]) for key in _COLUMNS] for service in services],
    )


def _list_templates(*, as_json: bool) -> None:
    from generator.usecases.templates import own_catalog

    rows = [_described(spec) for spec in own_catalog().templates]
    if as_json:
        console.print_json({"templates": rows})
        return
    _print_table(
        ["template", "needs", "features", "summary"],
        [
            [row["template"], ", ".join(row["backing"]), ", ".join(row["features"]), row["summary"]]
            for row in rows
        ],
    )


def _first_service() -> str:
    from generator.usecases.selection import first_service
    from generator.usecases.templates import own_catalog

    return first_service(own_catalog())


def _recorded(answers: "Answers") -> dict[str, Any]:
    """The answers by key, those that only some templates ask for beside the others."""
    known = asdict(answers)
    return {**known.pop("others"), **known}


def _described(spec: "TemplateSpec") -> dict[str, Any]:
    return {
        "template": spec.name,
        "summary": spec.summary,
        "backing": sorted(spec.backing.needed),
        "features": [feature.name for feature in spec.features],
    }


def _print_table(header: list[str], rows: list[list[str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for title in header:
        table.add_column(title, overflow="ellipsis", no_wrap=True)
    for row in rows:
        # Text, not markup: a description may hold square brackets.
        table.add_row(*(Text(cell) for cell in row))
    console.output_console().print(table)
