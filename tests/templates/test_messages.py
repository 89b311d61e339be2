"""What a manifest says of messages is what the services of every variant describe."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.catalog import read_manifest
from generator.rendering.answer_sets import AnswerSet
from generator.verification.contracts.asyncapi import ASYNCAPI, MessageSide, read_asyncapi
from tests.support.answers import ANSWER_SETS
from tests.support.checkout import PROJECT
from tests.support.rendered import Renderer

SERVICES = [one for one in ANSWER_SETS if one.template != "workspace"]
Said = dict[str, set[tuple[str, str]]]


def manifests_word(answer_set: AnswerSet) -> Said:
    """Names with queues, as the template's manifest has them."""
    manifest = PROJECT / "templates" / answer_set.template / "template.yml"
    messages = read_manifest(manifest, answer_set.template).messages_for(
        answer_set.data.get("features", ()), example=answer_set.data.get("example", True)
    )
    return {
        "publishes": {(event, event) for each in messages for event in each.publishes},
        "sends": {pair for each in messages for pair in each.sends.items()},
        "consumes": {pair for each in messages for pair in each.consumes.items()},
        "handles": {pair for each in messages for pair in each.handles.items()},
    }


def descriptions_word(folder: Path) -> Said:
    """The same, as the service's committed description has it; its own suite keeps that current."""
    name = json.loads((folder / ASYNCAPI).read_text())["info"]["title"]
    found = read_asyncapi(name, (folder / ASYNCAPI).read_text())

    def named(sides: tuple[MessageSide, ...], kind: str) -> set[tuple[str, str]]:
        chosen = (one for one in sides if one.kind == kind)
        return {(one.name, one.address.replace(f".{name}.", ".{service}.")) for one in chosen}

    return {
        "publishes": named(found.sends, "event"),
        "sends": named(found.sends, "task"),
        "consumes": named(found.receives, "event"),
        "handles": named(found.receives, "task"),
    }


@pytest.mark.parametrize("answer_set", SERVICES, ids=[one.name for one in SERVICES])
def test_the_manifest_names_the_messages_of_the_description(
    renderer: Renderer, answer_set: AnswerSet
) -> None:
    folder, said = renderer(answer_set), manifests_word(answer_set)
    assert (folder / ASYNCAPI).exists() == any(said.values())
    if (folder / ASYNCAPI).exists():
        assert descriptions_word(folder) == said


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref")
    values = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for value in values:
        yield from references(value)


def led_to(document: dict[str, Any], reference: str) -> dict[str, Any]:
    found = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


@pytest.mark.parametrize("answer_set", SERVICES, ids=[one.name for one in SERVICES])
def test_a_description_is_of_the_form_of_asyncapi_3(
    renderer: Renderer, answer_set: AnswerSet
) -> None:
    path = renderer(answer_set) / ASYNCAPI
    if not path.exists():
        pytest.skip("this variant has no messages")
    document = json.loads(path.read_text())
    parts = {"asyncapi", "info", "defaultContentType", "channels", "operations", "components"}
    assert set(document) == parts
    assert document["asyncapi"] == "3.0.0"
    assert set(document["info"]) == {"title", "version"}
    for reference in references(document):
        assert led_to(document, reference), reference
    for channel in document["channels"].values():
        assert set(channel) == {"address", "bindings", "messages"}
        assert channel["bindings"]["amqp"]["is"] in {"queue", "routingKey"}
        for message in channel["messages"].values():
            assert set(message) == {"name", "summary", "tags", "headers", "payload"}
            assert message["headers"]["type"] == "object"
    for operation in document["operations"].values():
        assert operation["action"] in {"send", "receive"}
        channel = led_to(document, operation["channel"]["$ref"])
        # Each message of an operation is one of its channel's.
        messages = [led_to(document, one["$ref"]) for one in operation["messages"]]
        assert all(one in channel["messages"].values() for one in messages)
