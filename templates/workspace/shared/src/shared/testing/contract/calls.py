"""One call as it was made: kept in a file, so that it can be checked again later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from urllib.parse import unquote

from pydantic import BaseModel, JsonValue
from pydantic_core import from_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


_SECRET = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})


class RecordedCall(BaseModel):
    """A request and the answer to it; `status` is None when there was none."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: Body | None = None
    status: int | None = None
    answer: Body | None = None

    @classmethod
    def of(cls, request: httpx2.Request, response: httpx2.Response | None) -> Self:
        """Record both, after they were read."""
        return cls(
            method=request.method,
            path=request.url.raw_path.decode("ascii").partition("?")[0],
            query=request.url.params.multi_items(),
            headers={
                name.lower(): "***" if name.lower() in _SECRET else value
                for name, value in request.headers.items()
            },
            body=Body.of(request),
            status=None if response is None else response.status_code,
            answer=None if response is None else Body.of(response),
        )

    @property
    def segments(self) -> list[str]:
        """The parts of the path, unquoted."""
        return [unquote(part) for part in self.path.split("/")]

    def append_to(self, file: Path) -> None:
        """Write it as a line of its own at the end of a file."""
        with file.open("a") as lines:
            lines.write(f"{self.model_dump_json()}\n")


def recorded(file: Path) -> Iterator[RecordedCall]:
    """Yield the calls in a file; raises ValueError for a line that is none."""
    for line in file.read_text().splitlines():
        yield RecordedCall.model_validate_json(line)
