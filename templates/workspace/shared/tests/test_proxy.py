"""What stands between two can be cut and joined again."""

from __future__ import annotations

import asyncio

import pytest

from shared.testing import proxy


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(100):
        writer.write(data)
    writer.close()


async def ask(port: int, question: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(question)
    answer = await reader.readexactly(len(question))
    writer.close()
    return answer


async def test_what_was_cut_refuses_until_it_is_joined() -> None:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, proxy("127.0.0.1", server.sockets[0].getsockname()[1]) as between:
        assert await ask(between.port, b"a") == b"a"
        await between.cut()
        with pytest.raises(ConnectionError):
            await ask(between.port, b"b")
        await between.join()
        assert await ask(between.port, b"c") == b"c"
