"""`generator graph`: the facts of a workspace with all four kinds, in every format."""

import json
import re
import shutil
from functools import cache
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree as ET

import pydot
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.rendering.hostile_text import HOSTILE
from generator.rendering.text import TextRenderer
from generator.usecases.graph import GraphFormat, render_graph
from generator.wiring import System, graph_of
from generator.wiring.graph import one_line
from tests.support.checkout import PROJECT
from tests.support.cli import Cli
from tests.support.wiring import CATALOG, consumer, data, wire

KINDS: dict[str, tuple[str, dict[str, object]]] = {
    "media-worker": ("worker", {"features": ["media", "notifications"]}),
    "support-bot": ("aiogram", {"features": ["uploads"]}),
    "users-api": ("fastapi", {"features": ["auth", "cache", "events", "tasks"]}),
    "users-data": ("data-postgres", {"features": []}),
}
# pydot calls its parser by names of old.
pytestmark = pytest.mark.filterwarnings("ignore:.* deprecated - use .*:DeprecationWarning")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def shop(workspace: Path) -> Path:
    """A workspace with what the picture is made of: the answers and manifests of four services."""
    for name, (template, chosen) in KINDS.items():
        folder = workspace / "services" / name
        folder.mkdir(parents=True)
        shutil.copy(PROJECT / "templates" / template / "template.yml", folder)
        answers = {
            "template": template,
            "service_name": name,
            "port": CATALOG.template(template).first_port,
            "data_service": "" if template == "data-postgres" else "users-data",
            **chosen,
        }
        (folder / ".copier-answers.yml").write_text(yaml.safe_dump(answers))
    return workspace


def test_the_facts_of_a_workspace_with_all_four_kinds(cli: Cli, shop: Path) -> None:
    found = cli("graph", "--json", cwd=shop).ok().json()
    assert {one["name"]: (one["template"], one["port"]) for one in found["services"]} == {
        "media-worker": ("worker", 8400),
        "support-bot": ("aiogram", 8600),
        "users-api": ("fastapi", 8000),
        "users-data": ("data-postgres", 8200),
    }
    assert {one["owner"] for one in found["services"]} == {found["owner"]}
    assert {one["name"]: one["servers"] for one in found["services"]} == {
        "media-worker": ["rabbitmq", "redis"],
        "support-bot": ["rabbitmq", "redis"],
        "users-api": ["rabbitmq", "redis", "redis-cache"],
        "users-data": ["postgres"],
    }
    assert found["databases"] == [{"name": "users_data", "service": "users-data"}]
    assert [(one["consumer"], one["provider"]) for one in found["links"]] == [
        ("media-worker", "users-data"),
        ("operator", "users-data"),
        ("support-bot", "users-data"),
        ("users-api", "users-data"),
    ]
    assert {one["name"]: (one["messages"], one["consumers"]) for one in found["queues"]} == {
        "events.media-worker.user-events": (["user.created", "user.updated"], ["media-worker"]),
        "events.support-bot.media-results": (["media.failed", "media.processed"], ["support-bot"]),
        # Nobody counts here, but the API would have it asked for.
        "tasks.analytics": (["analytics.report"], []),
        "tasks.media": (["media.process"], ["media-worker"]),
        "tasks.notifications": (["notifications.account-message"], ["media-worker"]),
    }
    assert {one["name"]: one["publishers"] for one in found["messages"]} == {
        "analytics.report": ["users-api"],
        "media.failed": ["media-worker"],
        "media.process": ["support-bot", "users-api"],
        "media.processed": ["media-worker"],
        "notifications.account-message": ["users-api"],
        "user.created": ["users-api"],
        "user.updated": ["users-api"],
    }
    assert (found["messages_unknown"], found["left_alone"]) == ([], [])


def test_mermaid_is_the_format_where_none_is_given_and_the_same_as_on_the_wiring_s_page(
    cli: Cli, shop: Path
) -> None:
    drawn = cli("graph", cwd=shop).ok().stdout
    assert drawn.startswith("flowchart LR\n")
    cli("sync", cwd=shop).ok()
    assert f"```mermaid\n{drawn}```\n" in (shop / "wiring/architecture.md").read_text()


@pytest.mark.parametrize("kind", get_args(GraphFormat))
def test_nothing_is_written(cli: Cli, shop: Path, kind: str) -> None:
    before = {path: path.read_bytes() for path in shop.rglob("*") if path.is_file()}
    cli("graph", "--format", kind, cwd=shop).ok()
    assert before == {path: path.read_bytes() for path in shop.rglob("*") if path.is_file()}


def test_bad_words_are_refused(cli: Cli, shop: Path, tmp_path: Path) -> None:
    assert "'png' is not one of" in cli("graph", "--format", "png", cwd=shop).failed(2).stderr
    both = cli("graph", "--json", "--format", "svg", cwd=shop).failed(2)
    assert both.json()["error"]["code"] == "usage"
    cli("graph", cwd=tmp_path).failed(2)
    answers = shop / "services/users-api/.copier-answers.yml"
    answers.write_text(answers.read_text().replace("port: 8000", "port: 8200"))
    assert "Host port 8200 is taken twice" in cli("graph", cwd=shop).failed(1).stderr


def test_who_is_left_alone_and_whose_messages_are_not_known_is_said(cli: Cli, shop: Path) -> None:
    manifest = shop / "services/media-worker/template.yml"
    manifest.write_text(manifest.read_text().partition("messages:")[0])
    (shop / "services/support-bot/template.yml").unlink()
    done = cli("graph", "--json", cwd=shop).ok()
    assert done.json()["messages_unknown"] == ["media-worker"]
    assert [one["service"] for one in done.json()["left_alone"]] == ["support-bot"]
    assert "Left alone: support-bot." in done.stderr
    assert "Not known: the messages of media-worker." in done.stderr
    # What is linked is in the picture, whatever else is known of it.
    assert 'service_support_bot["support-bot"]' in cli("graph", cwd=shop).ok().stdout


RENDERER = TextRenderer(PROJECT)


def drawn(kind: GraphFormat, *, owner: str = "us", description: str = "", name: str = "a") -> str:
    api = consumer(CATALOG.template("fastapi"), "users-api", "users-data", features="auth,tasks")
    wiring = wire([data(owner=owner, description=description), api])
    graph = graph_of(System(name=name, owner="", description=""), wiring)
    return render_graph(RENDERER, graph, kind)


FORMATS = get_args(GraphFormat)
PLAIN = {kind: drawn(kind) for kind in FORMATS}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NASTY = ('"]; evil -> x', "a\n  evil --> x", "%%{init: {}}%%", "${x}", "</title><script>", HOSTILE)


def unescaped_mermaid(label: str) -> str:
    names = {"amp": "&", "quot": '"', "lt": "<", "gt": ">"}
    return re.sub(r"#(\w+);", lambda found: names.get(found[1]) or chr(int(found[1])), label)


def check_mermaid(text: str) -> None:
    lines = drawn("mermaid", owner=text, description=text, name=text).splitlines()
    plain = PLAIN["mermaid"].splitlines()
    assert len(lines) == len(plain)
    differing = [line for line, other in zip(lines, plain, strict=True) if line != other]
    for line in differing:
        label = re.fullmatch(r'  service_\w+\["([^"`{%]*)"\]', line)
        assert label, line
        owner = label[1].removeprefix("users-data<br>data-postgres · port 8200")
        assert "<" not in owner.removeprefix("<br>")
        assert unescaped_mermaid(owner.removeprefix("<br>")) == one_line(text)


@cache
def dot(text: str) -> pydot.Dot:
    graphs = pydot.graph_from_dot_data(text)
    assert graphs, text
    return graphs[0]


def check_dot(text: str) -> None:
    found = dot(drawn("dot", owner=text, description=text, name=text))
    plain = dot(PLAIN["dot"])
    names = [node.get_name() for node in found.get_nodes()]
    assert names == [node.get_name() for node in plain.get_nodes()]
    edges = [(edge.get_source(), edge.get_destination()) for edge in found.get_edges()]
    assert edges == [(edge.get_source(), edge.get_destination()) for edge in plain.get_edges()]
    assert {str(end).strip('"') for edge in edges for end in edge} <= {
        name.strip('"') for name in names
    }
    (service,) = found.get_node('"users-data"')
    owner = service.get("label")[1:-1].removeprefix("users-data\\ndata-postgres · port 8200")
    shown = re.sub(r"\\(.)", r"\1", owner.removeprefix("\\n"))
    shown = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert shown == one_line(text)


D2_STRING = r'"(?:[^"\\$\n]|\\.)*"'
D2_LINE = re.compile(
    rf"{D2_STRING}(?: (?:->|--) {D2_STRING})?(?:: {D2_STRING})?"
    rf"(?::? \{{[\w.-]+: (?:{D2_STRING}|\w+)\}})?"
)


def check_d2(text: str) -> None:
    comment, direction, *lines = (
        drawn("d2", owner=text, description=text, name=text).removesuffix("\n").split("\n")
    )
    assert (comment.rstrip(), direction) == (f"# {one_line(text)}".rstrip(), "direction: right")
    assert len(lines) + 2 == len(PLAIN["d2"].splitlines())
    assert [line for line in lines if not D2_LINE.fullmatch(line)] == []
    # D2 takes a tooltip for Markdown, and refuses the whole file for a tag that is not closed.
    assert not any("{tooltip" in line.replace(text, "") for line in lines)
    label = next(line for line in lines if line.startswith('"users-data": '))
    owner = label.removesuffix('"').partition("port 8200")[2]
    assert re.sub(r"\\(.)", r"\1", owner.removeprefix("\\n")) == one_line(text)


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own, and small


def check_svg(text: str) -> None:
    root = parsed(drawn("svg", owner=text, description=text, name=text))
    plain = parsed(PLAIN["svg"])
    assert root.find(f"{SVG}title") is not None
    assert (root.findtext(f"{SVG}title") or "") == one_line(text)
    allowed = {"svg", "title", "style", "defs", "marker", "path", "g", "rect", "text"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= allowed
    assert len(list(root.iter(f"{SVG}rect"))) == len(list(plain.iter(f"{SVG}rect")))
    tips = [tip.text for tip in root.iter(f"{SVG}title")]
    assert one_line(f"users-data: {one_line(text)}" if one_line(text) else "users-data") in tips


CHECKS = {"mermaid": check_mermaid, "dot": check_dot, "d2": check_d2, "svg": check_svg}


@pytest.mark.parametrize("kind", CHECKS)
@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_is_text_in_every_format(kind: str, text: str) -> None:
    CHECKS[kind](text)


@pytest.mark.parametrize("kind", CHECKS)
@settings(max_examples=30, deadline=None)
@given(text=TEXTS)
def test_any_text_is_text_in_every_format(kind: str, text: str) -> None:
    CHECKS[kind](text)


def test_a_picture_loads_nothing_and_has_colours_for_the_dark() -> None:
    text = drawn("svg")
    root = parsed(text)
    assert "prefers-color-scheme: dark" in text
    references = [
        value
        for element in root.iter()
        for name, value in element.attrib.items()
        if name.endswith("href") or "url(" in value
    ]
    assert references
    ids = {f"url(#{element.get('id')})" for element in root.iter(f"{SVG}marker")}
    assert set(references) == ids
    assert "@import" not in text
    assert json.dumps(root.attrib).count("http") == 0
