"""A service is served as a process until the block ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.testing import run_app, served_app

if TYPE_CHECKING:
    from pathlib import Path

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
