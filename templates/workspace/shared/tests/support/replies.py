"""What a provider of these tests answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

JSON = "application/json"


@dataclass(kw_only=True)
class Reply:
    """One answer; with `held` only once that is set, without a status the connection is cut."""

    status: int | None = 200
    body: bytes = b"{}"
    media_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    held: asyncio.Event | None = None

    def wire(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} NoteTaken", f"Content-Length: {len(self.body)}"]
        lines += [f"Content-Type: {self.media_type}"] if self.body else []
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


BUSY = Reply(status=503, body=b"")
CUT = Reply(status=None, body=b"")
