"""A service that takes work and says which it has; with `early` it says so before it has it."""

import json
import os
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

EARLY = "early" in os.environ.get("BEHAVIOUR", "").split(",")
KEPT = Path(os.environ["FILES"].removeprefix("file://")) / "kept"
WRITING = threading.Lock()


def keep(work: str) -> None:
    with WRITING, KEPT.open("a") as kept:
        kept.write(f"{work}\n")


def keep_later(work: str) -> None:
    time.sleep(1)
    keep(work)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        work = self.path.rpartition("/")[2]
        if EARLY:
            threading.Thread(target=keep_later, args=(work,), daemon=True).start()
        else:
            keep(work)
        self.answer(202, b"{}")

    def do_GET(self) -> None:
        known = KEPT.read_text().split() if KEPT.exists() else []
        self.answer(200, json.dumps(known).encode())

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    server.serve_forever(0.05)


main()
