"""Checks what a call has in its path, query and headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.testing.contract.readings import readings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.testing.contract.calls import RecordedCall
    from shared.testing.contract.operations import Operation
    from shared.testing.contract.schemas import Schemas


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
