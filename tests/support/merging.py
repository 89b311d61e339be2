"""Makes one text of the JSON documents of several variants, with Jinja where they differ.

Their keys are sorted, or the order of features would be one more difference.
"""

import json
from collections.abc import Callable, Hashable, Mapping
from itertools import combinations, product
from typing import Any, TypeAlias

Variant: TypeAlias = frozenset[str]
Values: TypeAlias = Mapping[Variant, Any]

# What makes a difference to what a business API says of itself.
ATOMS = ("example", "auth", "tasks")


def answers_of(variant: Variant) -> dict[str, Any]:
    """The answers that give this variant."""
    return {"example": "example" in variant, "features": sorted(variant - {"example"})}


def merged(values: Values, indent: str = "") -> str:
    """The text of a value that may be another one in each variant."""
    if len(distinct := _groups(values, _dumped)) == 1:
        text = _dumped(next(iter(values.values()))).replace("\n", f"\n{indent}")
        assert not any(mark in text for mark in ("{{", "{%", "{#")), text
        return text
    if all(isinstance(value, dict) for value in values.values()):
        return _object(values, indent)
    return "".join(
        f"{{% if {_condition(group, values)} %}}{merged(group, indent)}{{% endif %}}"
        for group in distinct
    )


def _object(values: Values, indent: str) -> str:
    keys = sorted({key for value in values.values() for key in value})
    lines, before = ["{"], values.keys()
    for number, key in enumerate(keys):
        having = {variant: value for variant, value in values.items() if key in value}
        if having.keys() != before:
            lines += [] if before == values.keys() else ["{%- endif %}"]
            opens = having.keys() != values.keys()
            lines += [f"{{%- if {_condition(having, values)} %}}"] if opens else []
            before = having.keys()
        text = merged({variant: value[key] for variant, value in having.items()}, f"{indent}  ")
        lines.append(f"{indent}  {json.dumps(key)}: {text}{_comma(having, keys[number + 1 :])}")
    lines += [] if before == values.keys() else ["{%- endif %}"]
    return "\n".join([*lines, f"{indent}}}"])


def _comma(having: Values, later: list[str]) -> str:
    going_on = {v: value for v, value in having.items() if not set(later).isdisjoint(value)}
    if not going_on or len(going_on) == len(having):
        return "," if going_on else ""
    return f"{{{{ ',' if {_condition(going_on, having)} }}}}"


def _groups(values: Values, key: Callable[[Any], Hashable]) -> list[dict[Variant, Any]]:
    found: dict[Hashable, dict[Variant, Any]] = {}
    for variant, value in values.items():
        found.setdefault(key(value), {})[variant] = value
    return list(found.values())


def _condition(some: Values, among: Values) -> str:
    """The shortest words that tell some variants from the others."""
    clauses = sorted(_clauses(), key=len)
    for count in (1, 2, 3):
        for chosen in combinations(clauses, count):
            if {v for v in among if any(_holds(c, v) for c in chosen)} == set(some):
                return " or ".join(" and ".join(map(_spelled, clause)) for clause in chosen)
    raise ValueError(f"no condition tells {some.keys()} from {among.keys()}")


def _clauses() -> list[tuple[tuple[str, bool], ...]]:
    choices = product((None, True, False), repeat=len(ATOMS))
    named = (zip(ATOMS, choice, strict=True) for choice in choices)
    return [c for each in named if (c := tuple((a, b) for a, b in each if b is not None))]


def _holds(clause: tuple[tuple[str, bool], ...], variant: Variant) -> bool:
    return all((atom in variant) == wanted for atom, wanted in clause)


def _spelled(literal: tuple[str, bool]) -> str:
    atom, wanted = literal
    if atom == "example":
        return atom if wanted else f"not {atom}"
    return f"'{atom}' {'' if wanted else 'not '}in features"


def _dumped(value: object) -> str:
    return json.dumps(value, indent=2)
