"""Where no misfit of two schemas is named, every value of the one fits the other."""

from collections.abc import Iterator
from random import Random
from typing import Any

import jsonschema_rs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.verification.contracts.schemas import Placed, misfits

NAMES = ("a", "b", "c")
TEXTS = ("", "x", "xy", "yx", "xxy")
NUMBERS = (-2, -1, 0, 1, 2, 4, 0.5)
CONSTANTS = ("x", "xy", 1, 2, 1.5, True, False, None)
PAIRS, VALUES = 40, 6


def some(random: Random, **keywords: object) -> dict[str, Any]:
    """Some of these keywords."""
    return {name: value for name, value in keywords.items() if random.random() < 0.3}


def schema(random: Random, depth: int = 2) -> dict[str, Any]:
    """A schema of what pydantic and people write."""
    kind = random.choice(["text", "number", "values", "plain", *(["many", "object"] * 2 * depth)])
    bound = random.choice(NUMBERS)
    if kind == "text":
        limits = some(random, minLength=random.randint(0, 2), maxLength=random.randint(0, 3))
        return {"type": "string", **limits, **some(random, pattern=random.choice(["^x", "y$"]))}
    if kind == "number":
        limits = some(random, minimum=bound, exclusiveMinimum=bound, multipleOf=2)
        limits |= some(random, maximum=random.choice(NUMBERS), exclusiveMaximum=3)
        return {"type": random.choice(["integer", "number"]), **limits}
    if kind == "values":
        return {"enum": random.sample(CONSTANTS, random.randint(1, 4))}
    if kind == "plain":
        flexible = {"type": random.sample(["string", "integer", "null", "boolean"], 2)}
        return random.choice([{"type": "boolean"}, {"type": "null"}, {"const": 1}, {}, flexible])
    if kind == "many":
        return many(random, depth)
    properties = {name: schema(random, depth - 1) for name in NAMES if random.random() < 0.6}
    required = [name for name in properties if random.random() < 0.5]
    others = random.choice([True, False, schema(random, depth - 1)])
    return {"type": "object", "properties": properties, "required": required} | some(
        random, additionalProperties=others
    )


def many(random: Random, depth: int) -> dict[str, Any]:
    """A list, or one of several schemas, or all of them."""
    parts = [schema(random, depth - 1) for _ in range(2)]
    union = {random.choice(["anyOf", "allOf"]): parts}
    if random.random() < 0.5:
        return union
    limits = some(random, minItems=1, maxItems=random.randint(1, 2), uniqueItems=True)
    return {"type": "array", **limits, **some(random, items=parts[0], prefixItems=[parts[1]])}


def value(random: Random, given: object) -> object:
    """What may be a value of the schema; it holds no member that the schema does not name."""
    if not isinstance(given, dict):
        return None
    for key in ("anyOf", "allOf"):
        if key in given:
            found = [value(random, part) for part in given[key]]
            whole = {k: v for one in found if isinstance(one, dict) for k, v in one.items()}
            return whole or found[random.randrange(len(found))]
    if "enum" in given or "const" in given:
        return random.choice(given.get("enum", [given.get("const")]))
    kind = given.get("type", random.choice(["string", "integer"]))
    kind = random.choice(kind) if isinstance(kind, list) else kind
    if kind == "object":
        return dict(members(random, given))
    if kind == "array":
        head = [value(random, one) for one in given.get("prefixItems", [])]
        rest = [value(random, given.get("items", {})) for _ in range(random.randint(0, 2))]
        return (head + rest)[: random.randint(0, 3)]
    pools: dict[str, tuple[object, ...]] = {"string": TEXTS, "boolean": (True, False)}
    return random.choice(pools.get(kind, NUMBERS)) if kind != "null" else None


def members(random: Random, given: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """Some members of an object, and all that are required."""
    for name, one in given["properties"].items():
        if name in given["required"] or random.random() < 0.7:
            yield name, value(random, one)
    others = given.get("additionalProperties")
    if isinstance(others, dict):
        for name in (*NAMES, "d"):
            if name not in given["properties"] and random.random() < 0.5:
                yield name, value(random, others)


def changed(random: Random, sent: dict[str, Any]) -> dict[str, Any]:
    """Another schema, or one that is like the first but for something."""
    other = schema(random)
    alike = {**sent, **{key: other[key] for key in sent if key in other and random.random() < 0.4}}
    looser = {key: part for key, part in sent.items() if key == "type" or random.random() < 0.6}
    return random.choice(
        [other, {"anyOf": [other, sent]}, alike, looser, {"allOf": [sent, looser]}]
    )


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(random=st.randoms(use_true_random=True))
def test_where_nothing_is_named_every_value_fits(random: Random) -> None:
    for _ in range(PAIRS):
        sent = schema(random)
        taken = changed(random, sent)
        if misfits(Placed(schema=sent, document=sent), Placed(schema=taken, document=taken)):
            continue
        for one in (value(random, sent) for _ in range(VALUES)):
            if jsonschema_rs.is_valid(sent, one):
                assert jsonschema_rs.is_valid(taken, one), (sent, taken, one)


@settings(max_examples=8, deadline=None)
@given(random=st.randoms(use_true_random=True))
def test_a_schema_fits_itself_and_what_is_wider(random: Random) -> None:
    for _ in range(PAIRS):
        sent = schema(random)
        # Parts that contradict each other have no value, and may be taken for having some.
        wider = [] if "allOf" in str(sent) else [{"anyOf": [{"const": "zzz"}, sent]}]
        for taken in (sent, {}, *wider):
            found = misfits(
                Placed(schema=sent, document=sent), Placed(schema=taken, document=taken)
            )
            assert not found, (sent, taken)
