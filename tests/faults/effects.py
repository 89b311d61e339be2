"""A small data service: a request takes effect once for each `Idempotency-Key`."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_OK = b"HTTP/1.1 204 No Content\r\n\r\n"


class Effects:
    """What has taken effect: for each run, the number by the key."""

    def __init__(self) -> None:
        self.by_run: dict[str, dict[str, int]] = defaultdict(dict)
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection; none has a body."""
        try:
            while True:
                self._put((await reader.readuntil(b"\r\n\r\n")).decode())
                writer.write(_OK)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _put(self, head: str) -> None:
        request, *lines = head.split("\r\n")
        _, run, number = request.split()[1].split("/")
        headers = {line.partition(":")[0].lower(): line.partition(":")[2] for line in lines}
        self.by_run[run].setdefault(headers["idempotency-key"].strip(), int(number))


@asynccontextmanager
async def effects_service() -> AsyncIterator[Effects]:
    """Serve on a free port."""
    effects = Effects()
    server = await asyncio.start_server(effects.serve, "127.0.0.1", 0)
    effects.port = server.sockets[0].getsockname()[1]
    try:
        yield effects
    finally:
        server.close()
