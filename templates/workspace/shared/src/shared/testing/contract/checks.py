"""Checks calls, and answers of fakes, against the provider's OpenAPI document."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import httpx2
from pydantic_core import from_json

from shared.testing.contract.calls import RecordedCall
from shared.testing.contract.document import Node, Schemas, closed, find_operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from shared.testing.contract.calls import Body
    from shared.testing.contract.document import Operation


def readings(texts: list[str]) -> Iterator[JsonValue]:
    """Yield what these texts can mean, the likeliest last: in a URL everything is text."""
    meanings: list[JsonValue] = [_meaning(text) for text in texts]
    yield list(texts)
    yield meanings
    if len(texts) == 1:
        yield texts[0]
        yield meanings[0]


def _meaning(text: str) -> JsonValue:
    try:
        value: JsonValue = from_json(text)
    except ValueError:
        return text
    return value if isinstance(value, bool | int | float) else text


def parameter_findings(schemas: Schemas, operation: Operation, call: RecordedCall) -> Iterator[str]:
    """Yield what is not as the operation's parameters say; only a header may be unknown."""
    values = _values(operation, call)
    known: set[tuple[str, str]] = set()
    for parameter in operation.parameters:
        place, name = (str(parameter.members()[key]) for key in ("in", "name"))
        known.add(key := (place, name.lower() if place == "header" else name))
        if key not in values:
            if parameter.members().get("required") and place != "cookie":
                yield f"{place} {name}: it is missing"
        elif (schema := parameter.get("schema")) is not None:
            for each in schemas.findings_of_likeliest(schema, readings(values[key])):
                yield f"{place} {name}: {each}"
    for place, name in values.keys() - known:
        if place != "header":
            yield f"{place} {name}: there is no such parameter"


def _values(operation: Operation, call: RecordedCall) -> dict[tuple[str, str], list[str]]:
    values = {("path", name): [value] for name, value in operation.path_values.items()}
    values |= {("header", name): [value] for name, value in call.headers.items()}
    for name, value in call.query:
        values.setdefault(("query", name), []).append(value)
    return values


def credential_findings(document: Node, operation: Operation, call: RecordedCall) -> Iterator[str]:
    """Yield the headers with keys that the operation asks for and the call has not."""
    security = operation.node.get("security") or document.get("security")
    alternatives = security.elements() if security is not None else []
    missing = [
        [name for name in _key_headers(document, each) if name.lower() not in call.headers]
        for each in alternatives
    ]
    if all(missing):
        for name in missing[0] if missing else ():
            yield f"header {name}: it is missing"


def _key_headers(document: Node, alternative: Node) -> Iterator[str]:
    components = document.get("components")
    schemes = components.get("securitySchemes") if components is not None else None
    for name in alternative.members():
        scheme = schemes.get(name) if schemes is not None else None
        if scheme is not None and scheme.members().get("in") == "header":
            yield str(scheme.members()["name"])


def request_findings(schemas: Schemas, operation: Operation, call: RecordedCall) -> Iterator[str]:
    """Yield what is wrong with the body that was sent."""
    described = operation.node.get("requestBody")
    if described is None:
        if call.body is not None:
            yield "request body: none is expected"
    elif call.body is not None:
        yield from _body_findings(schemas, described, call.body, "request body")
    elif described.members().get("required"):
        yield "request body: it is missing"


def answer_findings(schemas: Schemas, operation: Operation, call: RecordedCall) -> Iterator[str]:
    """Yield what is wrong with the answer, if there was one."""
    if call.status is None:
        return
    described = _response(operation, call.status)
    where = f"response {call.status}"
    if described is None:
        yield f"{where}: the status is not documented"
    elif call.answer is not None:
        yield from _body_findings(schemas, described, call.answer, where)
    elif described.members().get("content") and call.method != "HEAD":
        yield f"{where}: the body is missing"


def _response(operation: Operation, status: int) -> Node | None:
    responses = operation.node.get("responses")
    keys = (str(status), f"{status // 100}XX", "default")
    found = (responses.get(key) for key in keys) if responses is not None else ()
    return next((each for each in found if each is not None), None)


def _body_findings(schemas: Schemas, described: Node, body: Body, where: str) -> Iterator[str]:
    content = described.get("content")
    media_types = content.members() if content is not None else {}
    media_type = content.get(body.media_type) if content is not None else None
    if media_type is None:
        known = ", ".join(media_types) or "no body"
        yield f"{where}: {body.media_type or 'no Content-Type'} is not {known}"
        return
    schema = media_type.get("schema")
    if schema is not None and body.is_json:
        for each in schemas.findings(schema, body.value):
            yield f"{where}: {each}"


OPENAPI_VARIABLE = "CONTRACT_OPENAPI"


class ContractError(AssertionError):
    """A client and its provider do not agree; each line names a call and a field of it."""


class Contract:
    """What a provider promises, as its `openapi.json` says it."""

    def __init__(self, document: dict[str, Any]) -> None:
        strict = closed(document)
        self._document, self._schemas = Node(strict), Schemas(strict)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a document; the variable CONTRACT_OPENAPI, if it is set, names another one."""
        return cls(from_json(Path(os.environ.get(OPENAPI_VARIABLE) or path).read_bytes()))

    def findings(self, call: RecordedCall) -> list[str]:
        """Return a line for each thing that is not as agreed; it starts with METHOD /path."""
        operation = find_operation(self._document, call)
        if isinstance(operation, str):
            return [operation]
        found = [
            *parameter_findings(self._schemas, operation, call),
            *credential_findings(self._document, operation, call),
            *request_findings(self._schemas, operation, call),
            *answer_findings(self._schemas, operation, call),
        ]
        return [f"{operation}: {each}" for each in found]


CALLS_VARIABLE = "CONTRACT_CALLS"


class ContractTransport(httpx2.AsyncBaseTransport):
    """Passes calls on to a fake, e.g. a MockTransport, and checks them and its answers.

    Raises ContractError for a call that is not as agreed. `findings` has them all: a service may
    turn the error into a 500 before the test sees it.
    """

    def __init__(self, fake: httpx2.AsyncBaseTransport, contract: Contract) -> None:
        self._fake, self._contract = fake, contract
        self.findings: list[str] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Make one call."""
        await request.aread()
        try:
            response = await self._fake.handle_async_request(request)
        except httpx2.TransportError:
            self._check(RecordedCall.of(request, None))
            raise
        await response.aread()
        self._check(RecordedCall.of(request, response))
        return response

    async def aclose(self) -> None:
        """Close the fake."""
        await self._fake.aclose()

    def _check(self, call: RecordedCall) -> None:
        if file := os.environ.get(CALLS_VARIABLE):
            call.append_to(Path(file))
        found = self._contract.findings(call)
        self.findings += found
        if found:
            raise ContractError("\n".join(found))


@contextmanager
def checked(fake: httpx2.AsyncBaseTransport, openapi: Path) -> Iterator[ContractTransport]:
    """Yield a transport for the client under test; ContractError in the end for any finding.

    `openapi` is the provider's committed document, unless the variable CONTRACT_OPENAPI names
    another. With the variable CONTRACT_CALLS every call is also appended to that file, as a line
    of JSON each, so that `python -m shared.testing.contract` can check them again.
    """
    transport = ContractTransport(fake, Contract.load(openapi))
    yield transport
    if transport.findings:
        raise ContractError("\n".join(dict.fromkeys(transport.findings)))
