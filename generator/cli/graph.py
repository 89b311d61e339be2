"""`generator graph` draws the workspace: who calls whom, and where messages go."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli import console
from generator.cli.options import Json, WorkspaceFolder
from generator.errors import UsageError

if TYPE_CHECKING:
    from generator.usecases.graph import Drawn
    from generator.wiring import WiredService


class Format(StrEnum):
    """A format of pictures."""

    MERMAID = "mermaid"
    DOT = "dot"
    D2 = "d2"
    SVG = "svg"


def graph(
    *,
    kind: Annotated[
        Format | None,
        typer.Option("--format", help="The format of the picture: mermaid, unless it is given."),
    ] = None,
    workspace: WorkspaceFolder = Path(),
    as_json: Json = False,
) -> None:
    """Draw the services and what connects them.

    That is links, queues, events, tasks, databases, ports and owners. The facts are those of
    the answers and of the templates' manifests: what you added to the code of a service
    yourself is not in the picture. Nothing is written, and nothing of the workspace is run.

    Example: generator graph --format svg > shop.svg
    """
    from generator.usecases.graph import graph_text, workspace_graph
    from generator.workspace import open_workspace

    if as_json and kind is not None:
        raise UsageError(
            "--json prints the facts, and --format a picture of them.",
            hint="Leave one of them out.",
        )
    drawn = workspace_graph(open_workspace(workspace))
    if as_json:
        console.print_json(_document(drawn))
    else:
        typer.echo(graph_text(drawn.graph, (kind or Format.MERMAID).value), nl=False)
    for one in drawn.unjudged:
        console.tell(f"Left alone: {one.name}. {one.reason}")
    for name in drawn.graph.messages.unknown:
        console.tell(f"Not known: the messages of {name}. Its template.yml does not name them.")


def _document(drawn: "Drawn") -> dict[str, Any]:
    graph, found = drawn.graph, drawn.graph.messages
    return {
        "workspace": graph.system.name,
        "description": graph.system.description,
        "owner": graph.system.owner,
        "services": [_service(one) for one in graph.services],
        "links": [{"consumer": one.consumer, "provider": one.provider} for one in graph.links],
        "servers": [{"name": one.name, "kind": one.server} for one in graph.servers],
        "databases": [{"name": one.name, "service": one.service} for one in graph.databases],
        "messages": [asdict(one) for one in found.messages],
        "queues": [asdict(one) for one in found.queues],
        "messages_unknown": list(found.unknown),
        "left_alone": [{"service": one.name, "reason": one.reason} for one in drawn.unjudged],
    }


def _service(service: "WiredService") -> dict[str, Any]:
    return {
        "name": service.name,
        "template": service.template,
        "type": service.component_type,
        "description": service.description,
        "owner": service.owner,
        "port": service.port,
        "calls": list(service.calls),
        "servers": list(service.backing),
        "database": service.database.name if service.database else None,
    }
