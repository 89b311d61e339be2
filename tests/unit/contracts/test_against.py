"""What a change breaks for whom."""

from typing import Any

import pytest

from generator.verification.contracts.against import Descriptions, compare
from generator.verification.contracts.asyncapi import ServiceMessages
from generator.verification.contracts.messages import Break
from tests.unit.contracts.documents import (
    NUMBER,
    TEXT,
    answers,
    body,
    event,
    members,
    openapi,
    parameter,
    service,
    task,
)

EMAIL = members("email", email=TEXT)
OPTIONAL = members(email=TEXT)


def said(*services: ServiceMessages) -> Descriptions:
    return Descriptions(messages={one.service: one for one in services})


def between(before: Descriptions, now: Descriptions) -> list[Break]:
    return compare(before, now, ref="main", callers={"data": ("api", "bot")})


def texts(before: Descriptions, now: Descriptions) -> list[str]:
    return [each.text for each in between(before, now)]


def publisher(schema: object) -> ServiceMessages:
    return service("api", event("user.created", schema))


def consumer(schema: object) -> ServiceMessages:
    return service("worker", receives=event("user.created", schema))


def test_what_is_as_it_was_breaks_nothing() -> None:
    both = said(publisher(EMAIL), consumer(EMAIL))
    assert texts(both, both) == []


def test_what_did_not_fit_before_is_not_the_changes_doing() -> None:
    both = said(publisher(OPTIONAL), consumer(EMAIL))
    assert texts(both, both) == []


def test_a_member_that_may_be_missing_now_breaks_who_requires_it() -> None:
    before = said(publisher(EMAIL), consumer(EMAIL))
    line = "event user.created, field email: api may leave it out, worker requires it"
    assert texts(before, said(publisher(OPTIONAL), consumer(EMAIL))) == [line]


def test_a_deployed_consumer_breaks_although_its_code_was_changed_along() -> None:
    before = said(publisher(EMAIL), consumer(EMAIL))
    now = said(publisher(OPTIONAL), consumer(OPTIONAL))
    line = "event user.created, field email: api may leave it out, worker at main requires it"
    assert texts(before, now) == [line]


def test_messages_that_wait_break_a_consumer_that_requires_more() -> None:
    before = said(publisher(OPTIONAL), consumer(OPTIONAL))
    now = said(publisher(EMAIL), consumer(EMAIL))
    line = "event user.created, field email: api at main may leave it out, worker requires it"
    assert texts(before, now) == [line]


def test_sides_that_fit_each_others_past_and_not_each_other_are_found() -> None:
    before = said(publisher(EMAIL), consumer(OPTIONAL))
    now = said(publisher(OPTIONAL), consumer(EMAIL))
    line = "event user.created, field email: api may leave it out, worker requires it"
    assert texts(before, now) == [line]


def test_an_event_that_is_published_no_more_breaks_who_takes_it() -> None:
    before = said(publisher(EMAIL), consumer(EMAIL))
    line = "event user.created: api no longer publishes it, worker takes it"
    assert texts(before, said(service("api"), consumer(EMAIL))) == [line]
    assert texts(before, said(consumer(EMAIL))) == [line]
    other = service("data", event("user.created", EMAIL))
    assert texts(before, said(service("api"), other, consumer(EMAIL))) == []


def test_a_task_that_is_handled_no_more_breaks_who_sends_it() -> None:
    giver, doer = service("api", task("a.b", EMAIL)), service("doer", receives=task("a.b", EMAIL))
    line = "task a.b: doer no longer handles what api sends to tasks.some"
    assert texts(said(giver, doer), said(giver, service("doer"))) == [line]
    elsewhere = service("doer", receives=task("a.b", EMAIL, "tasks.other"))
    assert texts(said(giver, doer), said(giver, elsewhere)) == [line]


def test_a_task_that_needs_more_breaks_who_sends_it() -> None:
    giver = service("api", task("a.b", OPTIONAL))
    before = said(giver, service("doer", receives=task("a.b", OPTIONAL)))
    now = said(giver, service("doer", receives=task("a.b", EMAIL)))
    (found,) = between(before, now)
    assert found.text == "task a.b, field email: api may leave it out, doer requires it"
    assert (found.service, found.breaks) == ("doer", ("api",))


def test_who_is_new_or_gone_is_not_broken() -> None:
    assert texts(said(publisher(EMAIL)), said(publisher(EMAIL), consumer(EMAIL))) == []
    assert texts(said(publisher(EMAIL), consumer(EMAIL)), said(publisher(EMAIL))) == []


def test_what_no_service_here_takes_others_were_promised() -> None:
    now = said(publisher(OPTIONAL))
    (found,) = between(said(publisher(EMAIL)), now)
    assert found.text == (
        "event user.created, field email: api may leave it out, whoever relies on main requires it"
    )
    assert (found.service, found.breaks) == ("api", ())
    line = "event user.created: api no longer publishes it; no service here needs it, others may"
    assert texts(said(publisher(EMAIL)), said(service("api"))) == [line]


def test_what_no_service_here_sends_others_may() -> None:
    def doer(schema: object) -> Descriptions:
        return said(service("doer", receives=task("a.b", schema)))

    (found,) = between(doer(OPTIONAL), doer(EMAIL))
    assert found.text == (
        "task a.b, field email: whoever relies on main may leave it out, doer requires it"
    )
    line = "task a.b: doer no longer handles it; no service here needs it, others may"
    assert texts(doer(EMAIL), said(service("doer"))) == [line]


@pytest.mark.parametrize(
    ("before", "now", "line"),
    [
        ({"get": {}}, {"post": {}}, ": is gone"),
        (
            {"get": {"responses": answers(EMAIL)}},
            {"get": {"responses": answers(OPTIONAL)}},
            ", email: answer 200 may lack it, callers require it",
        ),
        (
            {"get": {"responses": answers(EMAIL)}},
            {"get": {"responses": answers(members("email", email={}))}},
            ", email: answer 200 may send anything, callers take string only",
        ),
        (
            {"get": {"responses": answers(EMAIL)}},
            {"get": {"responses": answers(EMAIL, "202")}},
            ": may answer 202, and callers know no such answer",
        ),
        (
            {"get": {"responses": answers(EMAIL)}},
            {"get": {"responses": {"200": {"content": {"text/csv": {}}}}}},
            ": may answer 200 with text/csv, and callers know no such answer",
        ),
        (
            {"get": {"responses": answers(EMAIL)}},
            {"get": {"responses": {"200": {"description": ""}}}},
            ": answer 200 has no content any more",
        ),
        (
            {"get": {"requestBody": body(OPTIONAL)}},
            {"get": {"requestBody": body(EMAIL)}},
            ", email: callers may leave it out, and it is required",
        ),
        (
            {"get": {"requestBody": body(EMAIL)}},
            {"get": {"requestBody": body(members(email=NUMBER))}},
            ", email: callers may send string, and the service takes integer only",
        ),
        (
            {"get": {"requestBody": body(EMAIL)}},
            {"get": {"requestBody": body({"type": "object", "additionalProperties": False})}},
            ", email: callers may send it, and the service refuses it",
        ),
        (
            {"get": {"requestBody": body(EMAIL)}},
            {"get": {}},
            ": callers may send application/json, and it is not taken",
        ),
        (
            {"get": {}},
            {"get": {"requestBody": body({})}},
            ": callers may send no body, and one is required",
        ),
        (
            {"get": {}},
            {"get": {"parameters": [parameter("order", required=True)]}},
            ", order: callers may leave it out, and it is required",
        ),
        (
            {"get": {"parameters": [parameter("order")]}},
            {"get": {}},
            ", order: callers may send it (query), and it is known no more",
        ),
        (
            {"get": {"parameters": [parameter("user_id", TEXT, required=True, where="path")]}},
            {"get": {"parameters": [parameter("user_id", NUMBER, required=True, where="path")]}},
            ", user_id: callers may send string, and the service takes integer only",
        ),
        (
            {"get": {}},
            {"get": {"security": [{"key": []}]}},
            ": asks for credentials, and did not",
        ),
    ],
)
def test_a_change_of_an_api_breaks_those_who_call_it(
    before: dict[str, Any], now: dict[str, Any], line: str
) -> None:
    (found,) = between(
        Descriptions(apis={"data": openapi(**before)}), Descriptions(apis={"data": openapi(**now)})
    )
    assert found.text == f"http GET /users/{{user_id}} of data{line}; breaks api, bot"
    assert (found.contract, found.service, found.breaks) == ("http", "data", ("api", "bot"))


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({"get": {}}, {"get": {}, "post": {}}),
        ({"get": {}}, {"get": {"parameters": [parameter("order")]}}),
        ({"get": {"responses": answers(OPTIONAL)}}, {"get": {"responses": answers(EMAIL)}}),
        (
            {"get": {"responses": answers(members() | {"additionalProperties": False})}},
            {"get": {"responses": answers(OPTIONAL)}},
        ),
        ({"get": {"responses": answers(EMAIL, "404")}}, {"get": {"responses": answers({}, "404")}}),
        ({"get": {"requestBody": body(EMAIL)}}, {"get": {"requestBody": body(OPTIONAL)}}),
        ({"get": {"security": [{"key": []}]}}, {"get": {}}),
    ],
)
def test_what_only_adds_breaks_nobody(before: dict[str, Any], now: dict[str, Any]) -> None:
    old, new = (Descriptions(apis={"data": openapi(**one)}) for one in (before, now))
    assert texts(old, new) == []


def test_another_name_of_a_path_parameter_is_no_change() -> None:
    old: dict[str, Any] = {"paths": {"/users/{id}": {"get": {}}}}
    new: dict[str, Any] = {"paths": {"/users/{user_id}": {"get": {}}}}
    assert texts(Descriptions(apis={"data": old}), Descriptions(apis={"data": new})) == []


def test_an_api_that_nobody_here_calls_is_called_from_outside() -> None:
    old, new = Descriptions(apis={"web": openapi(get={})}), Descriptions(apis={"web": openapi()})
    (found,) = between(old, new)
    assert found.text.endswith("is gone; breaks callers outside of this workspace")
    assert found.breaks == ()
