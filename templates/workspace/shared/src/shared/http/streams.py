"""The body of an answer, watched until its last byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import httpx2

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.http.visits import Visit


class WatchedStream(httpx2.AsyncByteStream):
    """Passes the body on; the visit lasts until it is closed."""

    def __init__(self, response: httpx2.Response, visit: Visit) -> None:
        self._inner = cast("httpx2.AsyncByteStream", response.stream)
        self._status, self._visit = response.status_code, visit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with self._visit.watched():
            async for part in self._inner:
                yield part
        self._visit.answered(self._status)

    async def aclose(self) -> None:
        """Close the connection, or give it back."""
        try:
            await self._inner.aclose()
        finally:
            self._visit.end()
