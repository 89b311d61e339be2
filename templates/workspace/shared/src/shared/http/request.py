"""What is asked of another service."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import quote

from pydantic_core import to_json, to_jsonable_python

if TYPE_CHECKING:
    from collections.abc import Mapping

IDEMPOTENCY_KEY_HEADER = "Idempotency-Key"

_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})


class CallOptions(TypedDict, total=False):
    """What a call may have.

    `path_params` fill the `{names}` of the path, quoted. A query parameter that is None is left
    out. `json` may hold models, UUIDs, times. With an `idempotency_key` the provider does the
    same thing once however often it is asked, so that any method may be retried.
    """

    path_params: Mapping[str, object]
    params: Mapping[str, object]
    json: object
    headers: Mapping[str, str]
    idempotency_key: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, ready to be sent as often as it takes; `template` is its path for people."""

    method: str
    template: str
    path: str
    params: tuple[tuple[str, str], ...]
    headers: dict[str, str] = field(repr=False)
    content: bytes | None = field(repr=False)

    @classmethod
    def of(cls, method: str, template: str, options: CallOptions) -> Call:
        """Make a call of what a caller says; raises KeyError when the path lacks a parameter."""
        given = options.get("path_params", {})
        quoted = {name: _segment(name, value) for name, value in given.items()}
        headers = dict(options.get("headers", {}))
        if "idempotency_key" in options:
            headers[IDEMPOTENCY_KEY_HEADER] = options["idempotency_key"]
        content = None
        if "json" in options:
            headers["Content-Type"] = "application/json"
            content = to_json(options["json"])
        return cls(
            method=method.upper(),
            # A query may be a secret: a webhook's often is.
            template=template.partition("?")[0],
            path=template.format_map(quoted),
            params=_pairs(options.get("params", {})),
            headers=headers,
            content=content,
        )

    def __str__(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def repeatable(self) -> bool:
        """Say whether doing it twice is the same as doing it once."""
        return self.method in _IDEMPOTENT or IDEMPOTENCY_KEY_HEADER in self.headers


def _pairs(params: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    # One for each element of a list, none for None.
    found: list[tuple[str, str]] = []
    for name, value in params.items():
        values = value if isinstance(value, list | tuple | set | frozenset) else (value,)
        found += [(name, _text(each)) for each in values if each is not None]
    return tuple(found)


def _segment(name: str, value: object) -> str:
    text = _text(value)
    if not text:
        raise ValueError(f"{name} is empty: the path would be another one")
    # A segment of dots would be taken for a way up the path, and the dot is not quoted otherwise.
    return quote(text, safe="") if text.strip(".") else text.replace(".", "%2E")


def _text(value: object) -> str:
    plain = to_jsonable_python(value)
    return str(plain).lower() if isinstance(plain, bool) else str(plain)
