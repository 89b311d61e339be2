"""The description of a service's messages, from what its code declares."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from shared.lifecycle import Resources
from shared.messaging.consuming import EventHandler, MessageConsumer, MessageContext, TaskHandler
from shared.messaging.contract import EventData, Task, TaskPayload, asyncapi_text


class Painted(EventData):
    """A fence was painted.

    What follows is for readers of the code.
    """

    type: ClassVar[str] = "fence.painted"

    colour: str
    coats: int = 1


class Paint(TaskPayload):
    """Paint a fence."""

    colour: str
    coats: int = 1


PAINT = Task(name="fence.paint", queue="fences", payload=Paint)


async def on_painted(_event: Painted, _work: MessageContext, _resources: Resources) -> None:
    """Do nothing."""


async def paint(_task: Paint, _work: MessageContext, _resources: Resources) -> None:
    """Do nothing."""


LISTENS = MessageConsumer(
    queue="seen", handlers=(EventHandler(event=Painted, handle=on_painted, optional=True),)
)
PAINTS = MessageConsumer(queue="fences", handlers=(TaskHandler(task=PAINT, handle=paint),))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "pyproject.toml"
    path.write_text('[project]\nname = "fences"\nversion = "1.2.0"\n')
    return path


@pytest.fixture
def document(project: Path) -> dict[str, Any]:
    given: dict[str, Any] = json.loads(
        asyncapi_text(
            project, publishes=(Painted, Painted), sends=[PAINT], consumers=(LISTENS, PAINTS)
        )
    )
    return given


def required(document: dict[str, Any], schema: str) -> set[str]:
    return set(document["components"]["schemas"][schema]["required"])


def references(part: object) -> Iterator[str]:
    for key, value in part.items() if isinstance(part, dict) else enumerate([]):
        if key == "$ref":
            yield value
        yield from references(value)
    for value in part if isinstance(part, list) else ():
        yield from references(value)


def test_a_service_without_messages_has_no_description(project: Path) -> None:
    assert asyncapi_text(project) == ""


def test_it_says_whose_it_is(document: dict[str, Any]) -> None:
    assert document["asyncapi"] == "3.0.0"
    assert document["info"] == {"title": "fences", "version": "1.2.0"}


def test_every_direction_has_an_operation_and_a_channel_of_its_own(
    document: dict[str, Any],
) -> None:
    found = {
        name: (one["action"], document["channels"][one["channel"]["$ref"].split("/")[2]]["address"])
        for name, one in document["operations"].items()
    }
    assert found == {
        "send.fence.painted": ("send", "fence.painted"),
        "send.fence.paint": ("send", "tasks.fences"),
        "receive.events.fences.seen": ("receive", "events.fences.seen"),
        "receive.tasks.fences": ("receive", "tasks.fences"),
    }


def test_channels_say_where_their_messages_are_on_the_broker(document: dict[str, Any]) -> None:
    places = {name: one["bindings"]["amqp"] for name, one in document["channels"].items()}
    assert places["fence.painted"]["exchange"]["name"] == "events"
    assert places["fence.paint"]["queue"]["name"] == "tasks.fences"
    assert places["events.fences.seen"]["queue"]["name"] == "events.fences.seen"


def test_what_is_sent_has_every_member_and_what_is_taken_may_lack_some(
    document: dict[str, Any],
) -> None:
    assert required(document, "send.Painted") == {"colour", "coats"}
    assert required(document, "receive.Painted") == {"colour"}
    assert required(document, "send.Paint") == {"colour", "coats"}
    assert required(document, "receive.Paint") == {"colour"}
    envelope = {"id", "type", "time", "source", "correlation_id", "causation_id", "data"}
    assert required(document, "send.Envelope_Painted_") == envelope


def test_messages_have_a_summary_a_header_and_tags(document: dict[str, Any]) -> None:
    message = document["channels"]["events.fences.seen"]["messages"]["fence.painted"]
    assert message["summary"] == "A fence was painted."
    assert message["headers"]["properties"] == {"x-event": {"const": "fence.painted"}}
    assert message["tags"] == [{"name": "event"}, {"name": "optional"}]
    sent = document["channels"]["fence.paint"]["messages"]["fence.paint"]
    assert sent["tags"] == [{"name": "task"}]
    assert sent["headers"]["required"] == ["x-task"]


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = set(references(document))
    for reference in found:
        part: Any = document
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]
    assert "#/components/schemas/send.Painted" in found
