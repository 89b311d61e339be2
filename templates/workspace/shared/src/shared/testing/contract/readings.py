"""Reads texts of a URL or a header as the JSON values that they may stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic_core import from_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue


def readings(texts: list[str]) -> Iterator[JsonValue]:
    """Yield what these texts can mean, the likeliest last: in a URL everything is text."""
    meanings: list[JsonValue] = [_meaning(text) for text in texts]
    yield list(texts)
    yield meanings
    if len(texts) == 1:
        yield texts[0]
        yield meanings[0]


def _meaning(text: str) -> JsonValue:
    try:
        value: JsonValue = from_json(text)
    except ValueError:
        return text
    return value if isinstance(value, bool | int | float) else text
