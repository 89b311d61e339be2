"""Draws a workspace from what its answers and manifests say; nothing of it is run."""

from dataclasses import dataclass
from typing import Literal

from generator.errors import GeneratorError
from generator.rendering.text import TextRenderer
from generator.sources.export import exported
from generator.sources.own import find_source
from generator.usecases.wiring_files import system_of, wiring_of
from generator.wiring import Graph, graph_of, picture_of
from generator.workspace import Unjudged, Workspace

GraphFormat = Literal["mermaid", "dot", "d2", "svg"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """A workspace's graph.

    Attributes:
        graph: its facts.
        unjudged: the services whose templates' facts cannot be read here.
    """

    graph: Graph
    unjudged: tuple[Unjudged, ...] = ()


def workspace_graph(workspace: Workspace) -> Drawn:
    """The facts of a workspace's picture; they are read, and nothing is written.

    Raises:
        WiringError: when the services' answers contradict each other.
    """
    inventory = workspace.inventory()
    graph = graph_of(system_of(workspace), wiring_of(workspace, inventory))
    return Drawn(graph=graph, unjudged=inventory.unjudged)


def graph_text(graph: Graph, kind: GraphFormat) -> str:
    """The picture in one of the formats, with a line end at its end."""
    # Uncommitted texts are taken as they stand, as those of the wiring are.
    with exported(find_source(dev=True)) as root:
        return render_graph(TextRenderer(root), graph, kind)


def render_graph(renderer: TextRenderer, graph: Graph, kind: GraphFormat) -> str:
    """The picture by a renderer of a tree of templates."""
    context = {"graph": graph} | ({"picture": picture_of(graph)} if kind == "svg" else {})
    return renderer.render(f"templates/_wiring/graph/{kind}.jinja", context)


def picture_for_report(workspace: Workspace) -> str:
    """The workspace as SVG; empty where its answers contradict each other: the report says so."""
    try:
        return graph_text(workspace_graph(workspace).graph, "svg")
    except GeneratorError:
        return ""
