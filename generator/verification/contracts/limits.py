"""What a JSON schema without alternatives allows: kinds, values and limits, as words too."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from math import inf
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]

# What says something to people only.
ANNOTATIONS = frozenset({
    "title", "description", "default", "examples", "example", "deprecated", "readOnly",
    "writeOnly", "discriminator", "contentMediaType", "contentEncoding", "externalDocs", "xml",
    "$defs", "definitions", "$id", "$schema", "$comment", "nullable",
})  # fmt: skip
_COMPARED = frozenset({
    "type", "enum", "const", "format", "pattern", "minLength", "maxLength", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "items", "prefixItems", "minItems",
    "maxItems", "uniqueItems", "properties", "required", "additionalProperties",
})  # fmt: skip
# Formats that refuse no text and no number.
_FREE_FORMATS = frozenset({
    "password", "binary", "byte", "int32", "int64", "float", "double",
})  # fmt: skip
_LEAST = {"minLength": "characters", "minItems": "items"}
_MOST = {"maxLength": "characters", "maxItems": "items"}
_SHOWN = 5


def kind_of(schema: Schema) -> str:
    """The one type of its values, as far as the schema says; empty where it does not."""
    if isinstance(kind := schema.get("type"), str):
        return kind
    if values := values_of(schema):
        kinds = {_kind_of_value(value) for value in values}
        return kinds.pop() if len(kinds) == 1 else ""
    if {"properties", "required", "additionalProperties"} & set(schema):
        return "object"
    return "array" if {"items", "prefixItems"} & set(schema) else ""


def values_of(schema: Schema) -> list[Any] | None:
    """Its only values; None where they are not counted."""
    if "const" in schema:
        return [schema["const"]]
    if isinstance(schema.get("enum"), list):
        return list(schema["enum"])
    return [None] if schema.get("type") == "null" else None


def accepts(schema: Schema, value: object) -> bool:
    """Whether a value fits, as far as its kind, the values and the limits of the schema say."""
    allowed, kind, own = values_of(schema), kind_of(schema), _kind_of_value(value)
    if allowed is not None:
        return any(type(each) is type(value) and each == value for each in allowed)
    if kind and own != kind and not (kind == "number" and own == "integer"):
        return False
    exact: dict[str, Any] = {"type": own}
    if isinstance(value, str):
        exact |= {"minLength": len(value), "maxLength": len(value)}
        pattern = schema.get("pattern")
        exact |= {"format": schema.get("format"), "pattern": pattern}
        if pattern is not None and not _matches(pattern, value):
            return False
    elif own in {"integer", "number"}:
        exact |= {
            "minimum": value,
            "maximum": value,
            "multipleOf": value or schema.get("multipleOf"),
        }
    elif own in {"array", "object"}:
        return True
    return not list(broken_limits(exact, schema))


def broken_limits(sent: Schema, taken: Schema) -> Iterator[tuple[str, str]]:
    """What may be sent beyond a limit, with what is taken, both in words."""
    wanted = taken.get("format")
    if wanted and wanted != sent.get("format") and wanted not in _FREE_FORMATS:
        yield f"what is no {wanted}", str(wanted)
    if taken.get("pattern") not in {None, sent.get("pattern")}:
        yield "text of another pattern", f"text like {taken['pattern']}"
    for keyword, unit in _LEAST.items():
        if sent.get(keyword, 0) < (least := taken.get(keyword, 0)):
            yield f"fewer than {least} {unit}", f"{least} {unit} or more"
    for keyword, unit in _MOST.items():
        if sent.get(keyword, inf) > (most := taken.get(keyword, inf)):
            yield f"more than {most} {unit}", f"{most} {unit} or fewer"
    yield from _broken_bounds(sent, taken)
    if taken.get("uniqueItems") and not sent.get("uniqueItems"):
        yield "one item twice", "items that differ"
    for keyword in taken:
        known = keyword in ANNOTATIONS | _COMPARED or keyword.startswith("x-")
        if not known and sent.get(keyword) != taken[keyword]:
            yield f"what `{keyword}` refuses", f"what `{keyword}` allows"


def _broken_bounds(sent: Schema, taken: Schema) -> Iterator[tuple[str, str]]:
    for sign, bound, exclusive in (
        (1, "minimum", "exclusiveMinimum"),
        (-1, "maximum", "exclusiveMaximum"),
    ):
        given, wanted = (_bound(each, sign, bound, exclusive) for each in (sent, taken))
        if given < wanted:
            limit, strictly = wanted[0] * sign, wanted[1]
            said = f"{'more' if sign > 0 else 'less'} than {limit}"
            yield "other numbers", said if strictly else f"{limit} or {said.split(maxsplit=1)[0]}"
    step, given_step = taken.get("multipleOf"), sent.get("multipleOf")
    whole = step == 1 and kind_of(sent) == "integer"
    if step and not whole and not (given_step and given_step % step == 0):
        yield f"what is no multiple of {step}", f"multiples of {step}"


def _bound(schema: Schema, sign: int, bound: str, exclusive: str) -> tuple[float, bool]:
    """The bound, as one from below; the closest of the two that a schema may have."""
    strict, loose = schema.get(exclusive), schema.get(bound)
    if strict is True:
        # As in OpenAPI 3.0, where it says how the other one is meant.
        return (sign * loose, True) if loose is not None else (-inf, False)
    found = [(sign * value, is_strict) for value, is_strict in ((strict, True), (loose, False))
             if isinstance(value, int | float) and not isinstance(value, bool)]  # fmt: skip
    return max(found, default=(-inf, False))


def named(schema: Schema) -> str:
    """What its values are, in words."""
    if (values := values_of(schema)) is not None:
        return listed(values)
    kind, wanted = kind_of(schema), schema.get("format")
    if not kind:
        return "something else" if set(schema) - ANNOTATIONS else "anything"
    return f"{kind} ({wanted})" if wanted and wanted not in _FREE_FORMATS else kind


def listed(values: Iterable[object]) -> str:
    """Values as JSON writes them."""
    said = list(dict.fromkeys(json.dumps(value, ensure_ascii=False) for value in values))
    more = ["..."] if len(said) > _SHOWN else []
    return " or ".join([*said[:_SHOWN], *more]) or "nothing"


def _kind_of_value(value: object) -> str:
    for kind, known in (
        ("null", type(None)), ("boolean", bool), ("integer", int), ("number", float),
        ("string", str), ("array", list),
    ):  # fmt: skip
        if isinstance(value, known):
            return kind
    return "object"


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:
        return True
