"""The failure that every business error is."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from pydantic import JsonValue


class ServiceError(Exception):
    """A failure that the caller is told about; `extensions` become members of the problem.

    The class has a code and a title; an error that another service sent keeps those of its own.
    """

    status: ClassVar[int] = 500
    code: str = "internal-error"
    title: str = "Internal server error"

    def __init__(self, detail: str, /, **extensions: JsonValue) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extensions = extensions

    def headers(self) -> dict[str, str]:
        """Return the headers this error calls for; the extension `retry_after` is in seconds."""
        seconds = self.extensions.get("retry_after")
        if not isinstance(seconds, int | float):
            return {}
        # A header has whole seconds only, and an early retry is a wasted one.
        return {"Retry-After": str(ceil(seconds))}
