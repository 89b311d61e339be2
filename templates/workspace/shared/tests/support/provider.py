"""A provider on a real socket that answers what a test tells it to; also a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.replies import Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@dataclass
class Received:
    """One request."""

    line: str
    headers: dict[str, str]
    body: bytes


class Provider:
    """Gives its replies in turn, the last one for ever."""

    def __init__(self, *replies: Reply) -> None:
        self._replies = list(replies)
        self.received: list[Received] = []
        self.address = ("", 0)
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return "http://{}:{}".format(*self.address)

    async def stop(self) -> None:
        """Cut every connection."""
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(asyncio.ensure_future(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *lines = head.decode().strip().split("\r\n")
                headers = {name.lower(): value for name, value in (x.split(": ") for x in lines)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.received.append(Received(line, headers, body))
                await self._answer(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            await writer.wait_closed()

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if reply.held is not None:
            await reply.held.wait()
        if reply.status is None:
            writer.write(reply.body)
            await writer.drain()
            raise ConnectionError
        writer.write(reply.wire())
        await writer.drain()


@asynccontextmanager
async def providing(*replies: Reply, host: str = "127.0.0.1") -> AsyncIterator[Provider]:
    """Serve on a free port until the block ends."""
    provider = Provider(*(replies or (Reply(),)))
    server = await asyncio.start_server(provider.accept, host, 0)
    provider.address = server.sockets[0].getsockname()
    try:
        yield provider
    finally:
        server.close()
        await provider.stop()


async def _run(host: str) -> None:
    async with providing(Reply(body=json.dumps(host).encode()), host=host) as provider:
        sys.stdout.write(f"{provider.address[1]}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1]))
