"""Fills `${NAME}` into text as Compose does, with its defaults and its demands."""

import re
from collections.abc import Mapping

_NESTED = r"(?:[^{}$]|\$\{[^{}]*\}|\$)*"
_PLACE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<bare>[A-Za-z_]\w*)"
    rf"|\{{(?P<name>[A-Za-z_]\w*)(?:(?P<sign>:?[-?+])(?P<word>{_NESTED}))?\}})"
)


class UnsetVariableError(Exception):
    """A variable that the text demands (`${NAME:?…}`) and that is not set.

    Args:
        name: the variable.
        demand: what the text says about it; may be empty.
    """

    def __init__(self, name: str, demand: str) -> None:
        super().__init__(f"{name} {demand}".strip())
        self.name = name
        self.demand = demand


def interpolate(text: str, values: Mapping[str, str]) -> str:
    """The text with every place filled; a variable without value and default is empty.

    Raises:
        UnsetVariableError: a variable that must be set is not.
    """

    def fill(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "$"
        return _value(match["bare"] or match["name"], match["sign"] or "", match["word"] or "")

    def _value(name: str, sign: str, word: str) -> str:
        value = values.get(name)
        # With a colon an empty value is as good as none.
        is_set = bool(value) if sign.startswith(":") else value is not None
        if sign.endswith("+"):
            return interpolate(word, values) if is_set else ""
        if is_set or not sign:
            return value or ""
        if sign.endswith("?"):
            raise UnsetVariableError(name, interpolate(word, values))
        return interpolate(word, values)

    return _PLACE.sub(fill, text)
