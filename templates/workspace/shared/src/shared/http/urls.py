"""Writes values into the path and the query of a URL."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic_core import to_jsonable_python

if TYPE_CHECKING:
    from collections.abc import Mapping


def pairs(params: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a query: one for each element of a list, none for None."""
    found: list[tuple[str, str]] = []
    for name, value in params.items():
        values = value if isinstance(value, list | tuple | set | frozenset) else (value,)
        found += [(name, _text(each)) for each in values if each is not None]
    return tuple(found)


def segment(name: str, value: object) -> str:
    """Return a value as one part of a path; raises ValueError when it is empty."""
    text = _text(value)
    if not text:
        raise ValueError(f"{name} is empty: the path would be another one")
    # A segment of dots would be taken for a way up the path, and the dot is not quoted otherwise.
    return quote(text, safe="") if text.strip(".") else text.replace(".", "%2E")


def _text(value: object) -> str:
    plain = to_jsonable_python(value)
    return str(plain).lower() if isinstance(plain, bool) else str(plain)
