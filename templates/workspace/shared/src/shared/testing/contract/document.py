"""The provider's OpenAPI document (3.1): where things stand in it, and what its schemas accept.

Its schemas are made to refuse members that they do not name. A provider ignores a member that it
does not know, and never sends one: in a test both mean that the two sides have drifted apart, e.g.
because a member was renamed.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jsonschema_rs import Draft202012Validator, Registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import JsonValue

    from shared.testing.contract.calls import RecordedCall


class Node:
    """A part of a document and the JSON pointer to it; references are followed on the way."""

    def __init__(self, root: dict[str, Any], pointer: str = "", value: object = None) -> None:
        self._root = root
        self.pointer, self.value = pointer, root if value is None else value

    def get(self, key: str) -> Node | None:
        """Return the member of that name, or None."""
        if not isinstance(self.value, dict) or key not in self.value:
            return None
        found = Node(self._root, f"{self.pointer}/{_escaped(key)}", self.value[key])
        return found.followed()

    def followed(self) -> Node:
        """Return what a reference within the document stands for; raises KeyError for none."""
        reference = self.value.get("$ref") if isinstance(self.value, dict) else None
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return self
        value: Any = self._root
        for part in reference[2:].split("/"):
            value = value[part.replace("~1", "/").replace("~0", "~")]
        return Node(self._root, reference[1:], value).followed()

    def members(self) -> dict[str, Any]:
        """Return the members of an object, none of anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def elements(self) -> list[Node]:
        """Return the elements of a list."""
        values = self.value if isinstance(self.value, list) else []
        return [
            Node(self._root, f"{self.pointer}/{index}", value).followed()
            for index, value in enumerate(values)
        ]


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


_OPEN_WORDS = ("additionalProperties", "patternProperties", "unevaluatedProperties")
_ONE = ("items", "additionalProperties")
_LISTS = ("anyOf", "oneOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "$defs")


def closed(document: dict[str, Any]) -> dict[str, Any]:
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


_URI = "urn:openapi"


class Schemas:
    """The schemas of one document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._registry = Registry([(_URI, document)])

    def findings(self, schema: Node, value: JsonValue) -> list[str]:
        """Return `field: reason` for everything that is not valid."""
        errors = self._validator(schema).iter_errors(value)
        return [
            ": ".join(
                part for part in (".".join(map(str, each.instance_path)), each.message) if part
            )
            for each in errors
        ]

    def findings_of_likeliest(self, schema: Node, readings: Iterable[JsonValue]) -> list[str]:
        """Return what is not valid in the last reading, nothing if any of them is valid."""
        found: list[str] = []
        for reading in readings:
            found = self.findings(schema, reading)
            if not found:
                break
        return found

    def _validator(self, schema: Node) -> Draft202012Validator:
        reference = f"{_URI}#{quote(schema.pointer, safe='/~')}"
        return Draft202012Validator(
            {"$ref": reference}, registry=self._registry, validate_formats=True
        )


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A method of a path, and what the call has in place of the path's `{names}`."""

    method: str
    template: str
    node: Node
    parameters: tuple[Node, ...]
    path_values: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


def find_operation(document: Node, call: RecordedCall) -> Operation | str:
    """Return the operation of a call, or why there is none."""
    paths = document.get("paths")
    templates = paths.members() if paths is not None else {}
    matches = [(each, values) for each in templates if (values := _match(each, call)) is not None]
    # Where several paths fit, the one that names more of it is meant.
    for template, values in sorted(matches, key=lambda match: len(match[1])):
        path = paths.get(template) if paths is not None else None
        node = path.get(call.method.lower()) if path is not None else None
        if path is None or node is None:
            continue
        lists = (path.get("parameters"), node.get("parameters"))
        return Operation(
            method=call.method,
            template=template,
            node=node,
            parameters=tuple(each for part in lists if part for each in part.elements()),
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
