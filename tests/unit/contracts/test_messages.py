"""Receivers of messages against those who send them."""

import json
from typing import Any

import pytest

from generator.verification.contracts.asyncapi import (
    DocumentError,
    ServiceMessages,
    read_asyncapi,
)
from generator.verification.contracts.messages import find_breaks
from tests.unit.contracts.documents import (
    NUMBER,
    TEXT,
    asyncapi,
    channel,
    event,
    members,
    service,
    task,
)

API = service("api", event("user.created", members("email", email=TEXT)))


def texts(*services: ServiceMessages, outside: frozenset[str] = frozenset()) -> list[str]:
    return [each.text for each in find_breaks(services, outside)]


def test_who_gets_what_they_require_is_in_nobodys_way() -> None:
    taker = service("worker", receives=event("user.created", members("email", email=TEXT)))
    doer = service("doer", receives=task("media.process", members("file", file=TEXT)))
    giver = service("giver", task("media.process", members("file", file=TEXT)))
    assert texts(API, taker, doer, giver) == []


@pytest.mark.parametrize(
    ("schema", "line"),
    [
        (
            members("phone", phone=TEXT),
            "event user.created, field phone: api may leave it out, worker requires it",
        ),
        (
            members("email", email=NUMBER),
            "event user.created, field email: api may send string, worker takes integer only",
        ),
    ],
)
def test_a_member_that_does_not_fit_is_named_with_both_sides(schema: object, line: str) -> None:
    worker = service("worker", receives=event("user.created", schema))
    assert texts(API, worker) == [line]
    # Each publisher is looked at.
    other = service("other", event("user.created", members("email", "phone", email=TEXT)))
    assert line in texts(API, other, worker)


def test_an_event_that_nobody_publishes_is_named() -> None:
    worker = service("worker", receives=event("user.deleted", {}))
    assert texts(API, worker) == ["event user.deleted: worker takes it, nobody publishes it"]


def test_an_event_may_be_optional_or_come_from_elsewhere() -> None:
    counter = service("counter", receives=event("user.deleted", {}, "optional"))
    worker = service("worker", receives=event("user.deleted", {}))
    assert texts(counter) == []
    assert texts(worker, outside=frozenset({"user.deleted"})) == []


def test_a_task_that_nobody_handles_is_named_and_one_that_nobody_sends_is_not() -> None:
    giver = service("giver", task("media.process", {}, "tasks.media"))
    line = "task media.process: giver sends it to tasks.media, nobody handles it"
    assert texts(giver) == [line]
    assert texts(giver, outside=frozenset({"media.process"})) == []
    assert texts(service("doer", receives=task("media.process", {}))) == []


def test_a_task_that_is_taken_from_another_queue_is_named() -> None:
    giver = service("giver", task("media.process", {}, "tasks.media"))
    doer = service("doer", receives=task("media.process", {}, "tasks.pictures"))
    (line,) = texts(giver, doer)
    assert line == (
        "task media.process: giver sends it to tasks.media, nobody handles it there, "
        "but doer takes it from tasks.pictures"
    )


def test_a_task_whose_handler_requires_more_is_named() -> None:
    giver = service("giver", task("media.process", members(file=TEXT)))
    doer = service("doer", receives=task("media.process", members("file", file=TEXT)))
    line = "task media.process, field file: giver may leave it out, doer requires it"
    assert texts(giver, doer) == [line]
    (found,) = find_breaks([giver, doer], frozenset())
    assert (found.service, found.breaks, found.field) == ("doer", ("giver",), "file")


def test_a_task_and_an_event_of_one_name_are_two_things() -> None:
    worker = service("worker", receives=event("report", {}))
    giver, doer = service("giver", task("report", {})), service("doer", receives=task("report", {}))
    assert texts(worker, giver, doer) == ["event report: worker takes it, nobody publishes it"]


def test_a_document_of_another_tool_is_read() -> None:
    """Messages by reference, without tags, a payload in several formats, all of a channel."""
    document: dict[str, Any] = {
        "asyncapi": "3.0.0",
        "info": {"title": "other", "version": "1"},
        "channels": {
            "orders": {
                "address": "orders.placed",
                "bindings": {"amqp": {"is": "routingKey"}},
                "messages": {"placed": {"$ref": "#/components/messages/placed"}},
            }
        },
        "operations": {"place": {"action": "send", "channel": {"$ref": "#/channels/orders"}}},
        "components": {
            "messages": {
                "placed": {
                    "name": "order.placed",
                    "payload": {
                        "schemaFormat": "application/schema+json;version=draft-07",
                        "schema": {"$ref": "#/components/schemas/Order"},
                    },
                }
            },
            "schemas": {"Order": members("id", id=TEXT)},
        },
    }
    other = read_asyncapi("other", json.dumps(document))
    taker = service("taker", receives=event("order.placed", members("id", id=NUMBER)))
    line = "event order.placed, field id: other may send string, taker takes integer only"
    assert texts(other, taker) == [line]


def test_what_is_written_in_another_format_is_known_by_name_only() -> None:
    document = asyncapi(event("a", {}), {})
    message = document["channels"]["send.a"]["messages"]["a"]
    message["payload"] = {"schemaFormat": "application/vnd.apache.avro;version=1.9.0", "schema": {}}
    other = read_asyncapi("other", json.dumps(document))
    assert texts(other, service("taker", receives=event("a", members("id", id=TEXT)))) == []


def test_a_kind_that_one_side_does_not_say_is_that_of_the_other() -> None:
    giver = service("giver", task("media.process", {}, "q"))
    doer = service("doer", receives={"x": channel("media.process", {}, address="q")})
    assert texts(giver, doer) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is no JSON: "),
        ("[" * 100_000, "is no JSON: "),
        ("[]", "is no JSON object"),
        ("{}", "is no document of AsyncAPI 3"),
        ('{"asyncapi": "2.6.0"}', "is no document of AsyncAPI 3"),
        ('{"asyncapi": "3.0.0", "operations": []}', "operations is no object"),
        ('{"asyncapi": "3.0.0", "operations": {"a": 1}}', "operations.a is no object"),
        ('{"asyncapi": "3.0.0", "operations": {"a": {}}}', "neither sends nor receives"),
        (
            '{"asyncapi": "3.0.0", "operations": {"a": {"action": "send", "channel": 1}}}',
            "the channel of operation a is no object",
        ),
        (
            '{"asyncapi": "3.0.0", "operations": {"a": {"action": "send", "messages": 1}}}',
            "the messages of the channel of operation a are no list",
        ),
    ],
)
def test_what_is_no_document_is_refused_in_a_line(text: str, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason) as refused:
        read_asyncapi("api", text)
    assert "\n" not in str(refused.value)
