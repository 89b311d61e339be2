"""Finds where values of one JSON schema would not fit another one, and names the member."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

from generator.verification.contracts.limits import (
    ANNOTATIONS,
    accepts,
    broken_limits,
    kind_of,
    listed,
    named,
    values_of,
)

Schema: TypeAlias = Mapping[str, Any]

# Deeper than anybody nests; schemas that hold themselves end before.
_DEEPEST = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Misfit:
    """A place where what is sent may not be what is taken.

    Attributes:
        field: the path of the member, as in `data.addresses[].city`; empty for the whole.
        sent: what the sender may do, as in `leave it out`.
        taken: what the receiver does, as in `requires it`.
    """

    field: str
    sent: str
    taken: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A schema and the document in which its references are looked up."""

    schema: Any
    document: Any

    def at(self, schema: object) -> "Placed":
        """Another schema of the same document."""
        return Placed(schema=schema, document=self.document)


def misfits(sent: Placed, taken: Placed) -> tuple[Misfit, ...]:
    """Every place where a value of `sent` may not fit `taken`; empty when all values fit.

    Members that `sent` does not name are not sent, unless it says what others are like. A keyword
    that is not known here is a misfit, unless both sides say the same by it.
    """
    return tuple(dict.fromkeys(_Comparison().compare(sent, taken, "")))


class _Comparison:
    """One comparison; it remembers what it is comparing, as schemas may hold themselves."""

    def __init__(self) -> None:
        self._running: set[tuple[int, int]] = set()

    def compare(self, sent: Placed, taken: Placed, field: str) -> Iterator[Misfit]:
        """The misfits of these schemas, at this place of the message."""
        pair = (id(sent.schema), id(taken.schema))
        same = sent.schema is taken.schema and sent.document is taken.document
        if same or pair in self._running or len(self._running) > _DEEPEST:
            return
        self._running.add(pair)
        takers = list(_alternatives(taken))
        for one in _alternatives(sent):
            for whole in _conjunctions(one):
                yield from self._best(whole, takers, field)
        self._running.discard(pair)

    def _best(self, sent: Placed, takers: list[Placed], field: str) -> Iterator[Misfit]:
        """What is wrong with the alternative that fits best; nothing when one fits."""
        same: list[list[Misfit]] = []
        for taken in takers:
            wrong = list(self._plain(sent, taken, field))
            if not wrong:
                return
            if _kind(taken) == kind_of(sent.schema) or len(takers) == 1:
                same.append(wrong)
        if same:
            # One of the same kind says which member it is; the others say only that all is wrong.
            yield from min(same, key=len)
            return
        takes = " or ".join(dict.fromkeys(named(each.schema) for each in takers)) or "nothing"
        yield Misfit(field=field, sent=f"send {named(sent.schema)}", taken=f"takes {takes} only")

    def _plain(self, sent: Placed, taken: Placed, field: str) -> Iterator[Misfit]:
        """The misfits of two schemas without alternatives."""
        if "allOf" in taken.schema:
            for part in _parts(taken):
                yield from self.compare(sent, part, field)
            return
        if not set(taken.schema) - ANNOTATIONS:
            return
        takes = f"takes {named(taken.schema)} only"
        if (values := values_of(sent.schema)) is not None:
            if wrong := [value for value in values if not accepts(taken.schema, value)]:
                yield Misfit(field=field, sent=f"send {listed(wrong)}", taken=takes)
            return
        kind, wanted = kind_of(sent.schema), kind_of(taken.schema)
        wide = (kind, wanted) == ("integer", "number")
        if values_of(taken.schema) is not None or (wanted and kind != wanted and not wide):
            yield Misfit(field=field, sent=f"send {named(sent.schema)}", taken=takes)
            return
        for said, limit in broken_limits(sent.schema, taken.schema):
            yield Misfit(field=field, sent=f"send {said}", taken=f"takes {limit} only")
        if wanted == "object":
            yield from self._members(sent, taken, field)
        elif wanted == "array":
            yield from self._items(sent, taken, field)

    def _members(self, sent: Placed, taken: Placed, field: str) -> Iterator[Misfit]:
        properties: Schema = sent.schema.get("properties", {})
        members, others = _members_of(taken.schema)
        always = set(sent.schema.get("required", ()))
        for name in taken.schema.get("required", ()):
            if name not in always:
                yield Misfit(field=_inside(field, name), sent="leave it out", taken="requires it")
        for name, schema in properties.items():
            at, into = _inside(field, name), members.get(name, others)
            if into is False:
                yield Misfit(field=at, sent="send it", taken="refuses it")
            else:
                yield from self.compare(sent.at(schema), taken.at(into), at)
        extra = sent.schema.get("additionalProperties")
        if isinstance(extra, Mapping):
            # What has any name may have one that is known.
            for into in (*(s for name, s in members.items() if name not in properties), others):
                yield from self.compare(sent.at(extra), taken.at(into), _inside(field, "*"))

    def _items(self, sent: Placed, taken: Placed, field: str) -> Iterator[Misfit]:
        given, wanted = sent.schema.get("prefixItems", []), taken.schema.get("prefixItems", [])
        rest, into = sent.schema.get("items", True), taken.schema.get("items", True)
        for number in range(max(len(given), len(wanted))):
            one = given[number] if number < len(given) else rest
            other = wanted[number] if number < len(wanted) else into
            yield from self.compare(sent.at(one), taken.at(other), f"{field}[{number}]")
        yield from self.compare(sent.at(rest), taken.at(into), f"{field}[]")


def _members_of(schema: Schema) -> tuple[Schema, Any]:
    return schema.get("properties", {}), schema.get("additionalProperties", True)


def _alternatives(placed: Placed) -> Iterator[Placed]:
    """A schema as several, of which a value fits one: references, unions, types taken apart."""
    schema = followed(placed)
    if not isinstance(schema, Mapping):
        # True allows everything and False nothing.
        yield from () if schema is False else (placed.at({}),)
        return
    if schema.get("nullable") is True:
        yield placed.at({"type": "null"})
    types = schema.get("type")
    if union := next((key for key in ("anyOf", "oneOf") if key in schema), None):
        own = {key: value for key, value in schema.items() if key != union}
        bare = not set(own) - ANNOTATIONS
        for part in schema[union]:
            yield from _alternatives(placed.at(part if bare else {"allOf": [own, part]}))
    elif isinstance(types, list):
        yield from (placed.at({**schema, "type": one}) for one in types)
    elif "allOf" in schema and len(parts := _parts(placed.at(schema))) == 1:
        yield from _alternatives(parts[0])
    else:
        yield placed.at(schema)


def followed(placed: Placed) -> Any:  # noqa: ANN401 - what a document holds there
    """What references lead to; an empty schema where they lead nowhere or in a circle."""
    schema, seen = placed.schema, set[str]()
    while isinstance(schema, Mapping) and isinstance(ref := schema.get("$ref"), str):
        if ref in seen or not ref.startswith("#/"):
            return {}
        seen.add(ref)
        schema = placed.document
        for step in ref[2:].split("/"):
            key = step.replace("~1", "/").replace("~0", "~")
            schema = schema.get(key, {}) if isinstance(schema, Mapping) else {}
    return schema


def _parts(placed: Placed) -> list[Placed]:
    own = {key: value for key, value in placed.schema.items() if key != "allOf"}
    return [
        placed.at(p) for p in (*placed.schema["allOf"], *([own] if set(own) - ANNOTATIONS else []))
    ]


def _conjunctions(placed: Placed) -> Iterator[Placed]:
    """What is sent, without `allOf`: each of its parts counts, so all are put into one schema."""
    if "allOf" not in placed.schema:
        yield placed
        return
    choices = (
        [w for a in _alternatives(part) for w in _conjunctions(a)] for part in _parts(placed)
    )
    for chosen in product(*choices):
        whole: dict[str, Any] = {}
        for part in chosen:
            whole = _both(whole, part.schema)
        yield placed.at(whole)


def _both(one: Schema, other: Schema) -> dict[str, Any]:
    """A schema whose values fit both; where it is not exact, it allows more than they do."""
    properties = dict(one.get("properties", {}))
    for name, schema in other.get("properties", {}).items():
        properties[name] = {"allOf": [properties[name], schema]} if name in properties else schema
    required = [*one.get("required", ()), *other.get("required", ())]
    put = {"properties": properties} if properties else {}
    return {**one, **other, **put, **({"required": required} if required else {})}


def _kind(placed: Placed) -> str:
    parts = _parts(placed) if "allOf" in placed.schema else [placed]
    kinds = (kind_of(each.schema) for part in parts for each in _alternatives(part))
    return next((kind for kind in kinds if kind), "")


def _inside(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name
