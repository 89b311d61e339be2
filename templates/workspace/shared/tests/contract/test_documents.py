"""Documents other than FastAPI's."""

from __future__ import annotations

from typing import Any

import httpx2

from shared.testing.contract import Contract, RecordedCall

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
