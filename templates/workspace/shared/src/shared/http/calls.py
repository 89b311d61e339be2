"""What is asked of another service."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic_core import to_json

from shared.http.urls import pairs, segment

if TYPE_CHECKING:
    from shared.http.options import CallOptions

IDEMPOTENCY_KEY_HEADER = "Idempotency-Key"

_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})


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
        quoted = {name: segment(name, value) for name, value in given.items()}
        headers = dict(options.get("headers", {}))
        if "idempotency_key" in options:
            headers[IDEMPOTENCY_KEY_HEADER] = options["idempotency_key"]
        content = None
        if "json" in options:
            headers["Content-Type"] = "application/json"
            content = to_json(options["json"])
        return cls(
            method=method.upper(),
            template=template,
            path=template.format_map(quoted),
            params=pairs(options.get("params", {})),
            headers=headers,
            content=content,
        )

    def __str__(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def repeatable(self) -> bool:
        """Say whether doing it twice is the same as doing it once."""
        return self.method in _IDEMPOTENT or IDEMPOTENCY_KEY_HEADER in self.headers
