"""Checks calls, and answers of fakes, against the provider's OpenAPI document."""

from __future__ import annotations

import os
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Self

import httpx2
from jsonschema_rs import Draft202012Validator
from pydantic_core import from_json

from shared.testing.contract.calls import RecordedCall
from shared.testing.contract.document import closed, find_operation, followed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from shared.testing.contract.calls import Body
    from shared.testing.contract.document import Operation, Part

OPENAPI_VARIABLE = "CONTRACT_OPENAPI"
CALLS_VARIABLE = "CONTRACT_CALLS"


def variable_for(link: str, name: str) -> str | None:
    """Return what is set for a link, as CONTRACT_CALLS_USERS_API; "" is the first one."""
    return os.environ.get(f"{name}_{link.upper()}" if link else name)


class ContractError(AssertionError):
    """A client and its provider do not agree; each line names a call and a field of it."""


class Contract:
    """What a provider promises, as its `openapi.json` says it."""

    def __init__(self, document: Part, link: str = "") -> None:
        self.link = link
        self._document = closed(document)
        self.components: Part = self._document.get("components", {})
        self._validators: dict[int, Draft202012Validator] = {}

    @classmethod
    def load(cls, path: Path, link: str = "") -> Self:
        """Read a document; the variable CONTRACT_OPENAPI, if it is set, names another one."""
        named = Path(variable_for(link, OPENAPI_VARIABLE) or path)
        return cls(from_json(named.read_bytes()), link)

    def findings(self, call: RecordedCall) -> list[str]:
        """Return a line for each thing that is not as agreed; it starts with METHOD /path."""
        operation = find_operation(self._document, call)
        if isinstance(operation, str):
            return [operation]
        found = chain(
            self._of_parameters(operation, call),
            self._of_credentials(operation, call),
            self._of_request(operation, call),
            self._of_answer(operation, call),
        )
        return [f"{operation}: {each}" for each in found]

    def _of_parameters(self, operation: Operation, call: RecordedCall) -> Iterator[str]:
        values, known = _values(operation, call), set[tuple[str, str]]()
        for parameter in operation.parameters:
            place, name = str(parameter["in"]), str(parameter["name"])
            known.add(key := (place, name.lower() if place == "header" else name))
            if key not in values:
                if parameter.get("required") and place != "cookie":
                    yield f"{place} {name}: it is missing"
            elif "schema" in parameter:
                # Wrong only if it is in every reading, and then as the likeliest one says.
                found = [
                    self._of_value(parameter["schema"], each) for each in _readings(values[key])
                ]
                if all(found):
                    yield from (f"{place} {name}: {each}" for each in found[-1])
        for place, name in values.keys() - known:
            if place != "header":
                yield f"{place} {name}: there is no such parameter"

    def _of_credentials(self, operation: Operation, call: RecordedCall) -> Iterator[str]:
        schemes = self.components.get("securitySchemes", {})
        shared: list[Part] = self._document.get("security", [])
        alternatives: list[Part] = operation.described.get("security", shared)
        missing = [
            [
                str(schemes[name]["name"])
                for name in each
                if schemes.get(name, {}).get("in") == "header"
                and schemes[name]["name"].lower() not in call.headers
            ]
            for each in alternatives
        ]
        # One of several ways is enough.
        if missing and all(missing):
            yield from (f"header {name}: it is missing" for name in missing[0])

    def _of_request(self, operation: Operation, call: RecordedCall) -> Iterator[str]:
        described = followed(self._document, operation.described.get("requestBody", {}))
        if call.body is None:
            if described.get("required"):
                yield "request body: it is missing"
        elif not described:
            yield "request body: none is expected"
        else:
            yield from self._of_body(described, call.body, "request body")

    def _of_answer(self, operation: Operation, call: RecordedCall) -> Iterator[str]:
        if call.status is None:
            return
        responses = operation.described.get("responses", {})
        keys = (str(call.status), f"{call.status // 100}XX", "default")
        found = next((responses[key] for key in keys if key in responses), None)
        where = f"response {call.status}"
        if found is None:
            yield f"{where}: the status is not documented"
            return
        described = followed(self._document, found)
        if call.answer is not None:
            yield from self._of_body(described, call.answer, where)
        elif described.get("content") and call.method != "HEAD":
            yield f"{where}: the body is missing"

    def _of_body(self, described: Part, body: Body, where: str) -> Iterator[str]:
        content = described.get("content", {})
        if body.media_type not in content:
            known = ", ".join(content) or "no body"
            yield f"{where}: {body.media_type or 'no Content-Type'} is not {known}"
        elif body.is_json and (schema := content[body.media_type].get("schema")) is not None:
            yield from (f"{where}: {each}" for each in self._of_value(schema, body.value))

    def _of_value(self, schema: Part, value: JsonValue) -> list[str]:
        """Return `field: reason` for everything that is not valid."""
        validator = self._validators.get(id(schema))
        if validator is None:
            # Its references are to the document's components.
            whole = {**schema, "components": self.components}
            validator = Draft202012Validator(whole, validate_formats=True)
            self._validators[id(schema)] = validator
        return [
            ": ".join(filter(None, (".".join(map(str, each.instance_path)), each.message)))
            for each in validator.iter_errors(value)
        ]


def _values(operation: Operation, call: RecordedCall) -> dict[tuple[str, str], list[str]]:
    values = {("path", name): [value] for name, value in operation.path_values.items()}
    values |= {("header", name): [value] for name, value in call.headers.items()}
    for name, value in call.query:
        values.setdefault(("query", name), []).append(value)
    return values


def _readings(texts: list[str]) -> Iterator[JsonValue]:
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
        if file := variable_for(self._contract.link, CALLS_VARIABLE):
            call.append_to(Path(file))
        found = self._contract.findings(call)
        self.findings += found
        if found:
            raise ContractError("\n".join(found))


@contextmanager
def checked(
    fake: httpx2.AsyncBaseTransport, openapi: Path, link: str = ""
) -> Iterator[ContractTransport]:
    """Yield a transport for the client under test; ContractError in the end for any finding.

    `openapi` is the provider's committed document, unless the variable CONTRACT_OPENAPI names
    another. With the variable CONTRACT_CALLS every call is also appended to that file, as a line
    of JSON each, so that `python -m shared.testing.contract` can check them again.
    """
    transport = ContractTransport(fake, Contract.load(openapi, link))
    yield transport
    if transport.findings:
        raise ContractError("\n".join(dict.fromkeys(transport.findings)))
