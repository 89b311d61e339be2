"""A body as it was sent or answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, JsonValue
from pydantic_core import from_json

if TYPE_CHECKING:
    import httpx2


class Body(BaseModel):
    """A body: its media type, and its value where that is JSON."""

    media_type: str
    value: JsonValue = None

    @property
    def is_json(self) -> bool:
        """Say whether there is a value to check."""
        return self.media_type == "application/json" or self.media_type.endswith("+json")

    @classmethod
    def of(cls, message: httpx2.Request | httpx2.Response) -> Self | None:
        """Return the body of a message that was read, None when it has none."""
        if not message.content:
            return None
        media_type = message.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        body = cls(media_type=media_type)
        if not body.is_json:
            return body
        try:
            return cls(media_type=media_type, value=from_json(message.content))
        except ValueError:
            return cls(media_type=f"{media_type} (malformed)")
