"""What another service answered: read within limits and turned into what was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")


class NotUnderstoodError(Exception):
    """An answer is not what was agreed; the message is for the log and shows none of its data."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A whole answer, in memory."""

    status: int
    headers: httpx2.Headers
    body: bytes

    @classmethod
    async def read(cls, response: httpx2.Response, limit: int) -> Answer:
        """Read a streamed response; raises NotUnderstoodError when it is over `limit` bytes."""
        encoding = response.headers.get("Content-Encoding", "identity")
        if encoding != "identity":
            # A small compressed body may be a huge one, and none was asked for.
            raise NotUnderstoodError(f"it is compressed: {encoding}")
        body = bytearray()
        async for part in response.aiter_bytes():
            body += part
            if len(body) > limit:
                raise NotUnderstoodError(f"it is longer than {limit} bytes")
        return cls(status=response.status_code, headers=response.headers, body=bytes(body))

    @property
    def is_json(self) -> bool:
        """Say whether the body is JSON by its Content-Type."""
        media_type: str = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return media_type == "application/json" or media_type.endswith("+json")

    def into(self, adapter: TypeAdapter[T]) -> T:
        """Return the body as what was asked for; raises NotUnderstoodError when it is not that."""
        if self.body and not self.is_json:
            raise NotUnderstoodError("it is not JSON")
        findings = ""
        try:
            if self.body:
                return adapter.validate_json(self.body)
            return adapter.validate_python(None)
        except ValidationError as error:
            # Not the error itself: it holds the data.
            findings = ", ".join(
                f"{'.'.join(map(str, each['loc'])) or 'body'}: {each['type']}"
                for each in error.errors(include_url=False, include_context=False)[:10]
            )
        raise NotUnderstoodError(findings)

    def members(self) -> dict[str, Any]:
        """Return the members of a JSON object, none when the body is something else."""
        if not self.is_json:
            return {}
        try:
            body = from_json(self.body, allow_inf_nan=False)
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}
