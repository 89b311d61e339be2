"""What is not as the document says is found, and what is passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from shared.testing.contract import Contract, RecordedCall
from shared.testing.contract.__main__ import main
from tests.contract.examples import ID, PROBLEM, USER, call

if TYPE_CHECKING:
    from pathlib import Path


FULL_PAGE = {"items": [USER, USER | {"nickname": None, "address": {"city": "Rome"}}]}


@pytest.mark.parametrize(
    "made",
    [
        call("GET", "?limit=5&active=true&ids=1&ids=2&search=12", got=FULL_PAGE),
        call("GET", "?ids=1&search=true", got=FULL_PAGE | {"next_cursor": "c"}),
        call("POST", "", 201, sent={"email": "a@b"}, got=USER),
        call("POST", "", 201, sent={"email": "a@b", "address": {"city": "Rome"}}, got=USER),
        call("POST", "", 409, sent={"email": "a@b"}, got=PROBLEM),
        call("GET", "/me", got=USER),
        call("GET", f"/{ID}", got=USER),
        call("GET", f"/{ID}", 404, got=PROBLEM),
        call("GET", f"/{ID}", 503, got=PROBLEM),
        call("DELETE", f"/{ID}?version=3", 204),
    ],
    ids=str,
)
def test_what_is_as_agreed_has_no_findings(contract: Contract, made: RecordedCall) -> None:
    assert contract.findings(made) == []
    assert contract.findings(made.model_copy(update={"status": None, "answer": None})) == []


LIST, CREATE = "GET /api/v1/users: ", "POST /api/v1/users: "
READ, DELETE = "GET /api/v1/users/{user_id}: ", "DELETE /api/v1/users/{user_id}: "
PAGE = {"items": [USER]}


@pytest.mark.parametrize(
    ("made", "finding"),
    [
        (call("GET", "s"), "GET /api/v1/userss: there is no such path"),
        (call("GET", "/"), "GET /api/v1/users/: there is no such path"),
        (call("PUT", "", sent={}), "PUT /api/v1/users: the path has no such method"),
        (call("GET", "?limit=x", got=PAGE), f'{LIST}query limit: "x" is not of type "integer"'),
        (call("GET", "?limit=500", got=PAGE), f"{LIST}query limit: 500 is greater than"),
        (call("GET", "?ids=1&ids=x", got=PAGE), f'{LIST}query ids: 1: "x" is not of type'),
        (call("GET", "?page=1", got=PAGE), f"{LIST}query page: there is no such parameter"),
        (call("DELETE", f"/{ID}", 204), f"{DELETE}query version: it is missing"),
        (call("GET", "/7", got=USER), f"{READ}path user_id: "),
        (call("POST", "", 201, got=USER), f"{CREATE}request body: it is missing"),
        (call("POST", "", 201, sent={}, got=USER), f'{CREATE}request body: "email" is a required'),
        (
            call("POST", "", 201, sent={"email": "a@b", "nickame": "x"}, got=USER),
            f"{CREATE}request body: Unevaluated properties are not allowed ('nickame' was",
        ),
        (
            call("POST", "", 201, sent={"email": "a@b", "address": {"city": ""}}, got=USER),
            f"{CREATE}request body: address: ",
        ),
        (call("GET", "/me", got=USER, sent={}), "GET /api/v1/users/me: request body: none is"),
        (call("GET", f"/{ID}"), f"{READ}response 200: the body is missing"),
        (call("GET", f"/{ID}", 304), f"{READ}response 304: the status is not documented"),
        (call("GET", f"/{ID}", got=USER | {"role": "king"}), f'{READ}response 200: role: "king"'),
        (call("GET", f"/{ID}", got=USER | {"extra": {"a": "b"}}), f"{READ}response 200: extra.a: "),
        (
            call("GET", f"/{ID}", got=USER | {"name": "Ann"}),
            f"{READ}response 200: Unevaluated properties are not allowed ('name' was unexpected)",
        ),
        (call("GET", "", got={"items": [{}]}), f"{LIST}response 200: items.0: "),
        (call("GET", f"/{ID}", 404, got={}), f'{READ}response 404: "type" is a required'),
        (
            call("DELETE", f"/{ID}?version=1", 204, got={}),
            f"{DELETE}response 204: application/json",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_finding_names_the_call_and_the_field(
    contract: Contract, made: RecordedCall, finding: str
) -> None:
    found = contract.findings(made)

    assert any(each.startswith(finding) for each in found), found


def test_a_call_without_the_key_is_found(contract: Contract) -> None:
    request = httpx2.Request("GET", "http://users-data/api/v1/users/me")
    made = RecordedCall.of(request, httpx2.Response(200, json=USER))

    assert contract.findings(made) == ["GET /api/v1/users/me: header X-API-Key: it is missing"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"<html>", "text/html"), (b"{", "application/json (malformed)"), (b"x", "no Content-Type")],
)
def test_an_answer_of_another_kind_is_found(contract: Contract, content: bytes, kind: str) -> None:
    headers = {"X-API-Key": "k"}
    request = httpx2.Request("GET", "http://users-data/api/v1/users/me", headers=headers)
    media_type = {"no Content-Type": ""}.get(kind, kind.partition(" ")[0])
    response = httpx2.Response(200, content=content, headers={"Content-Type": media_type})

    assert contract.findings(RecordedCall.of(request, response)) == [
        f"GET /api/v1/users/me: response 200: {kind} is not application/json"
    ]


def test_a_problem_may_have_members_of_its_own(contract: Contract) -> None:
    assert contract.findings(call("GET", f"/{ID}", 409, got=PROBLEM | {"anything": [1]})) == []


NAME = {"name": "id", "in": "query", "required": True, "schema": {"type": "integer"}}
PART = {"type": "object", "properties": {"a": {"type": "string"}}}
WHOLE = {"allOf": [PART, {"type": "object", "properties": {"b": {"type": "string"}}}]}
SCHEMES = {
    "Key": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "Login": {"type": "http", "scheme": "bearer"},
}
JSON = "application/json"


def document(**operation: object) -> dict[str, Any]:
    components = {"parameters": {"Id": NAME}, "securitySchemes": SCHEMES, "schemas": {"W": WHOLE}}
    answer = {"content": {JSON: {"schema": {"$ref": "#/components/schemas/W"}}}}
    given = {"responses": {"default": answer}} | operation
    return {"openapi": "3.1.0", "paths": {"/a~b": {"get": given}}, "components": components}


def findings(contract: dict[str, Any], body: object = None, **headers: str) -> list[str]:
    request = httpx2.Request("GET", "http://other/a~b?id=7", headers=headers)
    response = httpx2.Response(200, json=body or {"a": "x", "b": "y"})
    return Contract(contract).findings(RecordedCall.of(request, response))


def test_references_are_followed_and_parts_make_a_whole() -> None:
    parameters = [{"$ref": "#/components/parameters/Id"}]

    assert findings(document(parameters=parameters)) == []
    assert findings(document(parameters=parameters), {"a": 1, "b": "y"}) == [
        'GET /a~b: response 200: a: 1 is not of type "string"'
    ]


def test_one_of_several_ways_to_authenticate_is_enough() -> None:
    parameters = [NAME]
    one = document(parameters=parameters, security=[{"Key": []}])
    either = document(parameters=parameters, security=[{"Key": []}, {"Login": []}])

    assert findings(one) == ["GET /a~b: header X-Key: it is missing"]
    assert findings(one, x_key="") == ["GET /a~b: header X-Key: it is missing"]
    assert findings(one, **{"X-Key": "k"}) == []
    assert findings(either) == []
    assert findings(document(parameters=parameters, security=[])) == []


def test_a_document_without_anything_knows_no_call() -> None:
    assert findings({}) == ["GET /a~b: there is no such path"]


def test_what_cannot_be_read_is_never_as_agreed(
    openapi: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty, odd, none = (tmp_path / name for name in ("empty", "odd", "none"))
    empty.touch()
    odd.write_text("{}\n")

    for calls, document in ((empty, openapi), (odd, openapi), (none, openapi), (empty, odd)):
        assert main(str(calls), str(document)) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err
