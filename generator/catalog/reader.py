"""Reads plain data into dataclasses: known keys, right types, or one line that says which not."""

import difflib
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")

_PLAIN: Mapping[type, str] = {str: "a text", int: "a number", bool: "true or false"}
_SHOWN = 40


class MisreadError(ValueError):
    """Data that does not fit; the message names the key, and says what would fit."""


def read(kind: type[T], raw: object, *, where: str = "", **given: object) -> T:
    """An object of a dataclass.

    A field whose metadata have `key` is not in the mapping: it is the key under which the mapping
    stands, or given. A tuple of such objects is written as a mapping from key to the rest.

    Args:
        kind: a dataclass whose fields are texts, numbers, booleans, literals, mappings of texts,
            tuples and frozen sets of texts, other dataclasses, or tuples of those.
        raw: what YAML or JSON gave.
        where: the keys that lead here, for messages.
        given: values of fields that are not in the mapping.

    Raises:
        MisreadError: for the first thing that does not fit.
    """
    if not isinstance(raw, dict):
        raise _wrong(where or "the file", raw, "a mapping of keys to values")
    known = {one.name: one for one in _fields(kind) if one.name not in given}
    for key in raw:
        if key not in known:
            raise _unknown(where, key, list(known))
    for name, one in known.items():
        if name not in raw and one.default is MISSING and one.default_factory is MISSING:
            raise MisreadError(f"{_joined(where, name)} is missing")
    hints = get_type_hints(kind)
    values = {key: _value(hints[key], raw[key], _joined(where, key)) for key in raw}
    return kind(**given, **values)


def _value(kind: Any, raw: object, where: str) -> object:  # noqa: ANN401 - a type, whatever it is
    origin, arguments = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        return read(kind, raw, where=where)
    if origin is Literal:
        if raw not in arguments:
            raise _wrong(where, raw, " or ".join(map(str, arguments)))
        return raw
    if origin in {tuple, frozenset}:
        return origin(_items(arguments[0], raw, where))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(raw, dict):
            raise _wrong(where, raw, "a mapping of keys to values")
        return {_text(key, where): _value(arguments[1], raw[key], f"{where}.{key}") for key in raw}
    # To isinstance a bool is an int, but `port: true` is no port.
    if not isinstance(raw, kind) or (kind is int and isinstance(raw, bool)):
        raise _wrong(where, raw, _PLAIN[kind])
    return raw


def _items(kind: Any, raw: object, where: str) -> list[object]:  # noqa: ANN401 - as above
    if is_dataclass(kind) and isinstance(kind, type) and (key := _key_of(kind)):
        if not isinstance(raw, dict):
            raise _wrong(where, raw, "a mapping of keys to values")
        return [
            read(kind, raw[name], where=f"{where}.{name}", **{key: _text(name, where)})
            for name in raw
        ]
    if not isinstance(raw, list):
        raise _wrong(where, raw, "a list")
    return [_value(kind, item, f"{where}[{number}]") for number, item in enumerate(raw)]


def _key_of(kind: type) -> str:
    return next((one.name for one in _fields(kind) if one.metadata.get("key")), "")


def _fields(kind: Any) -> tuple[Field[Any], ...]:  # noqa: ANN401 - a dataclass, whichever
    return fields(kind)


def _text(key: object, where: str) -> str:
    if not isinstance(key, str):
        raise MisreadError(f"{where} has the key {key!r}, which is no text: put it in quotes")
    return key


def _joined(where: str, key: object) -> str:
    return f"{where}.{key}" if where else str(key)


def _unknown(where: str, key: object, known: list[str]) -> MisreadError:
    near = difflib.get_close_matches(str(key), known, n=1)
    meant = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
    return MisreadError(f"{_joined(where, key)} is no key: {meant}")


def _wrong(where: str, raw: object, wanted: str) -> MisreadError:
    shown = "empty" if isinstance(raw, NoneType) else ascii(raw)
    shortened = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
    return MisreadError(f"{where} is {shortened}, not {wanted}")
