"""Makes the schemas of a document refuse members that they do not name.

A provider ignores a member that it does not know, and never sends one. In a test both mean that
the two sides have drifted apart, e.g. because a member was renamed.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

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
