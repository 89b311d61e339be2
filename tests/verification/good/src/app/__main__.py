"""Serves /health and /ready until SIGTERM; `migrate` prepares nothing and says so."""

import os
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from app.backend import answers


class Handler(BaseHTTPRequestHandler):
    """Answers the two questions that an orchestrator asks."""

    def do_GET(self) -> None:
        status = {"/health": 200, "/ready": 200 if answers() else 503}.get(self.path, 404)
        self.send_response(status)
        self.end_headers()


def main() -> None:
    """Serve until told to stop."""
    if sys.argv[1:] == ["migrate"]:
        print("nothing to migrate")
        return
    server = ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.05)


main()
