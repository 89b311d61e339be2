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
