"""Checks what a call has in its path, query and headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic_core import from_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from shared.testing.contract.calls import RecordedCall
    from shared.testing.contract.nodes import Node
    from shared.testing.contract.operations import Operation
    from shared.testing.contract.schemas import Schemas


def parameter_findings(schemas: Schemas, operation: Operation, call: RecordedCall) -> Iterator[str]:
    """Yield what is not as the operation's parameters say; only a header may be unknown."""
    values = _values(operation, call)
    known: set[tuple[str, str]] = set()
    for parameter in operation.parameters:
        place, name = (str(parameter.members()[key]) for key in ("in", "name"))
        key = place, name.lower() if place == "header" else name
        known.add(key)
        schema = parameter.get("schema")
        if key not in values:
            if parameter.members().get("required") and place != "cookie":
                yield f"{place} {name}: it is missing"
        elif schema is not None:
            for each in schemas.findings_of_likeliest(schema, _readings(values[key])):
                yield f"{place} {name}: {each}"
    for place, name in values.keys() - known:
        if place != "header":
            yield f"{place} {name}: there is no such parameter"


def credential_findings(document: Node, operation: Operation, call: RecordedCall) -> Iterator[str]:
    """Yield the header that holds the key, where the operation asks for one and it is missing."""
    schemes = document.get("components")
    schemes = schemes.get("securitySchemes") if schemes is not None else None
    security = operation.node.get("security") or document.get("security")
    for alternative in security.elements() if security is not None else ():
        for name in alternative.members():
            scheme = schemes.get(name) if schemes is not None else None
            header = scheme.members().get("name") if scheme is not None else None
            if isinstance(header, str) and header.lower() not in call.headers:
                yield f"header {header}: it is missing"


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
