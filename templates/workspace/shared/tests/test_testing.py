"""What the tests of services are made of."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from shared.testing import proxy, run_app, served_app, wait_until

if TYPE_CHECKING:
    from pathlib import Path


async def test_waiting_ends_as_soon_as_the_condition_holds() -> None:
    asked: list[int] = []

    async def third_time() -> bool:
        asked.append(1)
        return len(asked) == 3

    await wait_until(third_time)

    assert len(asked) == 3


async def test_waiting_in_vain_says_for_what() -> None:
    async def never() -> bool:
        return False

    with pytest.raises(TimeoutError, match=r"the flag did not happen within 0.05 s"):
        await wait_until(never, timeout_seconds=0.05, what="the flag")


APP = """
import os, sys
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer

class Ready(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.headers["X-Greeting"].encode())

if sys.argv[1:] == ["fail"]:
    sys.exit(f"no {os.environ['WHAT']}")
TCPServer(("127.0.0.1", int(os.environ["PORT"])), Ready).serve_forever()
"""


async def test_it_is_ready_when_it_is_given_out_and_gone_afterwards(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/app.py").write_text(APP)
    async with served_app(tmp_path, {"X-Greeting": "hello"}) as (process, client):
        assert (await client.get("/")).text == "hello"
        assert process.returncode is None
    assert process.returncode is not None
    failed = await run_app(tmp_path, "fail", WHAT="luck")
    assert (await failed.communicate())[1] == b"no luck\n"


async def test_what_ends_instead_of_being_ready_says_why(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/app.py").write_text("import sys\nsys.exit('no luck')\n")

    with pytest.raises(RuntimeError, match="it ended with 1: no luck"):
        async with served_app(tmp_path):
            pass


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
