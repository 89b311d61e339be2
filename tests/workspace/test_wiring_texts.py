"""Whatever people write into descriptions, every wiring file parses and gives it back."""

from collections.abc import Iterator
from itertools import pairwise, permutations
from typing import Any
from xml.etree import ElementTree as ET

import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from generator.rendering.hostile_text import HOSTILE
from generator.wiring.graph import one_line
from tests.support.wiring import CATALOG, consumer, data, texts, wire

# What the questionnaire's validator lets pass: one line without control characters.
ONE_LINE = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufffe\uffff")
)
SVG = "{http://www.w3.org/2000/svg}"
PLAIN = texts(wire([data()], owner="us", description="A shop"))


def wired(description: str, owner: str = "us") -> dict[str, str]:
    return texts(
        wire(
            [data(description=description, owner=owner)],
            owner=owner,
            description=description,
        )
    )


def catalog(text: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {(e["kind"], e["metadata"]["name"]): e for e in yaml.safe_load_all(text)}


def cells(tokens: list[Token]) -> Iterator[str]:
    for before, token in pairwise(tokens):
        if token.type == "inline" and before.type in {"td_open", "paragraph_open"}:
            kinds = {child.type for child in token.children or []}
            if kinds <= {"text", "text_special"}:
                yield "".join(child.content for child in token.children or [])


def shown(text: str) -> list[str]:
    return list(cells(MarkdownIt("commonmark").enable("table").parse(text)))


@given(ONE_LINE, ONE_LINE)
def test_the_catalog_gives_free_text_back(description: str, owner: str) -> None:
    entities = catalog(wired(description, owner)["wiring/catalog-info.yaml"])
    for key in (("System", "shop"), ("Component", "users-data")):
        assert entities[key]["metadata"]["description"] == description
        assert entities[key]["spec"]["owner"] == (owner or "unknown")


@given(ONE_LINE)
def test_the_diagram_s_page_shows_free_text_as_text(description: str) -> None:
    found = shown(wired(description)["wiring/architecture.md"])
    expected = " ".join(description.split())
    assert found.count(expected) >= 2 if expected else found
    assert len(found) == len(shown(PLAIN["wiring/architecture.md"])) - (0 if expected else 1)


@given(ONE_LINE)
def test_no_other_file_holds_free_text(description: str) -> None:
    files = wired(description)
    assert files.keys() == PLAIN.keys()
    told = {
        f"wiring/{name}" for name in ("catalog-info.yaml", "architecture.md", "architecture.svg")
    }
    for path in files.keys() - told:
        assert files[path] == PLAIN[path]


@given(ONE_LINE)
def test_the_picture_is_well_formed_and_has_free_text_as_text(description: str) -> None:
    root = ET.fromstring(wired(description)["wiring/architecture.svg"])  # noqa: S314 - our own picture
    tips = [" ".join((tip.text or "").split()) for tip in root.iter(f"{SVG}title")]
    said = one_line(description)
    assert " ".join(f"users-data: {said}".split() if said else ["users-data"]) in tips


def test_a_hostile_line_goes_through_every_file() -> None:
    files = wired(HOSTILE)
    entities = catalog(files["wiring/catalog-info.yaml"])
    assert entities["Component", "users-data"]["metadata"]["description"] == HOSTILE
    assert HOSTILE in shown(files["wiring/architecture.md"])


def test_line_breaks_in_an_answers_file_that_was_edited_by_hand_break_no_table() -> None:
    files = wired("one\n\n| two |\n```\n# three")
    assert "one | two | ``` # three" in shown(files["wiring/architecture.md"])
    catalog(files["wiring/catalog-info.yaml"])


def test_the_diagram_has_every_service_and_every_link() -> None:
    text = texts(wire([data("users-data"), data("end", 8201)]))
    diagram = text["wiring/architecture.md"].split("```")[1]
    for line in (
        'service_users_data["users-data<br>data-postgres · port 8200"]',
        'service_end["end<br>data-postgres · port 8201"]',
        "service_end --> database_end",
        "database_end --- backing_postgres",
        "operator -.-> service_users_data",
    ):
        assert f"  {line}\n" in diagram


def linked() -> dict[str, str]:
    api = consumer(CATALOG.template("fastapi"), "users-api", "users-data", features="auth")
    return texts(wire([data(), api]))


def test_a_link_is_an_edge_of_the_diagram_and_a_row_of_its_table() -> None:
    page = linked()["wiring/architecture.md"]
    assert "  service_users_api --> service_users_data\n" in page
    assert "  service_users_api --> backing_redis\n" in page
    assert "| users-api | users-data | `USERS_API__USERS_DATA__API_KEY` |" in page


def test_a_link_is_a_relation_of_the_catalog_and_each_api_is_an_entity() -> None:
    entities = catalog(linked()["wiring/catalog-info.yaml"])
    api, provider = entities["Component", "users-api"]["spec"], entities["API", "users-data"]
    assert api["consumesApis"] == ["users-data"]
    assert api["dependsOn"] == ["component:users-data", "resource:redis"]
    assert entities["Component", "users-data"]["spec"]["providesApis"] == ["users-data"]
    place = "../services/users-data/openapi.json"
    assert provider["spec"]["definition"] == {"$text": place}
    assert provider["spec"]["type"] == "openapi"


def test_entities_refer_to_entities_that_are_there() -> None:
    entities = catalog(linked()["wiring/catalog-info.yaml"])
    names = {f"{kind.lower()}:{name}" for kind, name in entities}
    for entity in entities.values():
        assert set(entity["spec"].get("dependsOn", [])) <= names
        apis = (*entity["spec"].get("providesApis", []), *entity["spec"].get("consumesApis", []))
        assert {f"api:{name}" for name in apis} <= names
        assert entity["spec"].get("system", "shop") == "shop"


def test_the_texts_are_the_same_in_whatever_order_services_are_found() -> None:
    services = [
        data("users-data", 8200),
        data("orders-data", 8201),
        data("items-data", 8202, description=HOSTILE),
    ]
    written = [texts(wire(ordered)) for ordered in permutations(services)]
    assert all(other == written[0] for other in written)


def test_files_end_with_one_line_break_and_no_line_ends_with_a_space() -> None:
    for path, text in PLAIN.items():
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path
        assert [line for line in text.splitlines() if line != line.rstrip()] == [], path
