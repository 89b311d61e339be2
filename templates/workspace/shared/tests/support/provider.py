"""A provider on a real socket that answers what a test tells it to; also a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

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
        lines = [f"HTTP/1.1 {self.status} Told", f"Content-Length: {len(self.body)}"]
        lines += [f"Content-Type: {self.media_type}"] if self.body else []
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


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

    @property
    def url(self) -> str:
        return "http://{}:{}".format(*self.address)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *lines = head.decode().strip().split("\r\n")
                headers = {name.lower(): value for name, value in (x.split(": ") for x in lines)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.received.append(Received(line, headers, body))
                await self._answer(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

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
    server = await asyncio.start_server(provider.serve, host, 0)
    provider.address = server.sockets[0].getsockname()
    try:
        yield provider
    finally:
        server.close()


async def _run(host: str) -> None:
    async with providing(Reply(body=json.dumps(host).encode()), host=host) as provider:
        sys.stdout.write(f"{provider.address[1]}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1]))
