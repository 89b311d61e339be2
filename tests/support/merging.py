"""Makes one text of the JSON documents of several variants, with Jinja where they differ.

Their keys are sorted, or the order of features would be one more difference.
"""

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any, TypeAlias

Variant: TypeAlias = frozenset[str]
Values: TypeAlias = Mapping[Variant, Any]


def variants(atoms: tuple[str, ...]) -> list[Variant]:
    """All that there can be: each atom is `example` or a feature, chosen or not."""
    choices = product((False, True), repeat=len(atoms))
    return [frozenset(a for a, is_so in zip(atoms, one, strict=True) if is_so) for one in choices]


def answers_of(variant: Variant) -> dict[str, Any]:
    """The answers that give this variant."""
    return {"example": "example" in variant, "features": sorted(variant - {"example"})}


@dataclass(frozen=True)
class Merger:
    """Merges documents that differ by these atoms."""

    atoms: tuple[str, ...]
    # Jinja's joiners, for objects of which nobody can say which member is the last one.
    commas: list[str] = field(default_factory=list)

    def text(self, values: Values) -> str:
        """The text of all variants' documents."""
        text = self.merged(values)
        names, made = ", ".join(self.commas), ", ".join("joiner(',')" for _ in self.commas)
        return f"{{% set {names} = {made} -%}}\n{text}\n" if names else f"{text}\n"

    def merged(self, values: Values, indent: str = "") -> str:
        """The text of a value that may be another one in each variant."""
        if len(distinct := _groups(values, _dumped)) == 1:
            text = _dumped(next(iter(values.values()))).replace("\n", f"\n{indent}")
            assert not any(mark in text for mark in ("{{", "{%", "{#")), text
            return text
        if all(isinstance(value, dict) for value in values.values()):
            return self._object(values, indent)
        return "".join(
            f"{{% if {self._condition(group, values)} %}}{self.merged(group, indent)}{{% endif %}}"
            for group in distinct
        )

    def _object(self, values: Values, indent: str) -> str:
        keys = sorted({key for value in values.values() for key in value})
        has = {key: {v: value for v, value in values.items() if key in value} for key in keys}
        lines, before = ["{"], values.keys()
        trailing, leading = self._commas(has)
        for key, having in has.items():
            if having.keys() != before:
                lines += [] if before == values.keys() else ["{%- endif %}"]
                opens = having.keys() != values.keys()
                lines += [f"{{%- if {self._condition(having, values)} %}}"] if opens else []
                before = having.keys()
            lines[-1] += leading if key != keys[0] or leading != "," else ""
            of_key = {variant: value[key] for variant, value in having.items()}
            text = self.merged(of_key, f"{indent}  ")
            ends = trailing if key != keys[-1] else ""
            lines.append(f"{indent}  {json.dumps(key)}: {text}{ends}")
        lines += [] if before == values.keys() else ["{%- endif %}"]
        return "\n".join([*lines, f"{indent}}}"])

    def _commas(self, has: Mapping[str, Values]) -> tuple[str, str]:
        """What stands after each member but the last, and what before each but the first."""
        everywhere = {variant for having in has.values() for variant in having}
        first, *_, last = [*has.values(), *has.values()]
        if last.keys() >= everywhere:
            return ",", ""
        if first.keys() >= everywhere:
            return "", ","
        # Nobody knows which one comes first; Jinja's joiner is empty the first time.
        self.commas.append(f"comma_{len(self.commas) + 1}")
        return "", f"{{{{ {self.commas[-1]}() }}}}"

    def _condition(self, some: Values, among: Values) -> str:
        """The shortest words that tell some variants from the others."""
        clauses = sorted(self._clauses(), key=len)
        for count in (1, 2, 3):
            for chosen in combinations(clauses, count):
                if {v for v in among if any(_holds(c, v) for c in chosen)} == set(some):
                    return " or ".join(" and ".join(map(_spelled, clause)) for clause in chosen)
        raise ValueError(f"no condition tells {some.keys()} from {among.keys()}")

    def _clauses(self) -> list[tuple[tuple[str, bool], ...]]:
        choices = product((None, True, False), repeat=len(self.atoms))
        named = (zip(self.atoms, choice, strict=True) for choice in choices)
        return [c for each in named if (c := tuple((a, b) for a, b in each if b is not None))]


def _groups(values: Values, key: Callable[[Any], Hashable]) -> list[dict[Variant, Any]]:
    found: dict[Hashable, dict[Variant, Any]] = {}
    for variant, value in values.items():
        found.setdefault(key(value), {})[variant] = value
    return list(found.values())


def _holds(clause: tuple[tuple[str, bool], ...], variant: Variant) -> bool:
    return all((atom in variant) == wanted for atom, wanted in clause)


def _spelled(literal: tuple[str, bool]) -> str:
    atom, wanted = literal
    if atom == "example":
        return atom if wanted else f"not {atom}"
    return f"'{atom}' {'' if wanted else 'not '}in features"


def _dumped(value: object) -> str:
    return json.dumps(value, indent=2)
