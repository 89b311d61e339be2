"""The provider's OpenAPI document (3.1): where things stand in it, and what its schemas accept.

Its schemas are made to refuse members that they do not name. A provider ignores a member that it
does not know, and never sends one: in a test both mean that the two sides have drifted apart, e.g.
because a member was renamed.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from shared.testing.contract.calls import RecordedCall

# A part of a document that is an object.
Part: TypeAlias = dict[str, Any]

_OPEN_WORDS = ("additionalProperties", "patternProperties", "unevaluatedProperties")
_ONE = ("items", "additionalProperties")
_LISTS = ("anyOf", "oneOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "$defs")


def closed(document: Part) -> Part:
    """Return a copy in which every object with named members has no others."""
    copy = deepcopy(document)
    components = copy.get("components", {})
    for schema in components.get("schemas", {}).values():
        _close(schema)
    for part in (copy.get("paths", {}), *(components.get(each, {}) for each in components)):
        _close_inline(part)
    return copy


def _close_inline(part: object) -> None:
    if isinstance(part, list):
        for each in part:
            _close_inline(each)
    elif isinstance(part, dict):
        for name, each in part.items():
            (_close if name == "schema" else _close_inline)(each)


def _close(schema: object, *, is_part: bool = False) -> None:
    if not isinstance(schema, dict):
        return
    for word in _ONE:
        _close(schema.get(word))
    for word in _LISTS:
        for each in schema.get(word, ()):
            _close(each)
    for word in _MAPS:
        for each in schema.get(word, {}).values():
            _close(each)
    for each in schema.get("allOf", ()):
        # A part of a whole must let the other parts' members pass.
        _close(each, is_part=True)
    if "properties" in schema and not is_part and not any(word in schema for word in _OPEN_WORDS):
        schema["unevaluatedProperties"] = False


def followed(document: Part, part: Part) -> Part:
    """Return what a reference within the document stands for; raises KeyError for none."""
    reference = part.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return part
    found: Any = document
    for key in reference[2:].split("/"):
        found = found[key.replace("~1", "/").replace("~0", "~")]
    return followed(document, found)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A method of a path, and what the call has in place of the path's `{names}`."""

    method: str
    template: str
    described: Part
    parameters: tuple[Part, ...]
    path_values: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


def find_operation(document: Part, call: RecordedCall) -> Operation | str:
    """Return the operation of a call, or why there is none."""
    paths = document.get("paths", {})
    matches = [(each, values) for each in paths if (values := _match(each, call)) is not None]
    # Where several paths fit, the one that names more of it is meant.
    for template, values in sorted(matches, key=lambda match: len(match[1])):
        path = followed(document, paths[template])
        described = path.get(call.method.lower())
        if described is not None:
            listed = (*path.get("parameters", ()), *described.get("parameters", ()))
            return Operation(
                method=call.method,
                template=template,
                described=described,
                parameters=tuple(followed(document, each) for each in listed),
                path_values=values,
            )
    if matches:
        return f"{call.method} {matches[0][0]}: the path has no such method"
    return f"{call.method} {call.path}: there is no such path"


def _match(template: str, call: RecordedCall) -> dict[str, str] | None:
    parts, segments = template.split("/"), call.segments
    if len(parts) != len(segments):
        return None
    values: dict[str, str] = {}
    for part, segment in zip(parts, segments, strict=True):
        if part.startswith("{") and part.endswith("}") and segment:
            values[part[1:-1]] = segment
        elif part != segment:
            return None
    return values
