"""A service of a few lines for the tests of `generator up`; what it does is said by BEHAVIOUR.

Words, with commas between them: `exits` at once, `never-ready`, `ignores-term`, `floods` its log,
`chats` 5,000 lines a second, `crashes` when it is asked to by `/crash`, `slow` to be ready until
the file `go` is there, `hostile` in what it says.
"""

import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BEHAVIOUR = os.environ.get("BEHAVIOUR", "").split(",")
NAME = os.environ["SERVICE_NAME"]
MARKS = Path(os.environ["MARKS"])
# As they are, as JSON spells them, and as markup.
HOSTILE = (
    "one \x1b]0;owned\x07\x1b[2Jtwo",
    '{"message": "three \\u001b]0;owned\\u0007\\u001b[2Jfour \\u202egnp", "x": "\\u009b5m"}',
    "[bold red]five[/bold red] [link=file:///etc/passwd]six[/link] [@click=app.quit]seven[/]",
)


def mark(word: str) -> None:
    with (MARKS / "marks").open("a") as marks:
        marks.write(f"{NAME} {word}\n")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/crash" and "crashes" in BEHAVIOUR:
            os._exit(3)
        body = "\n".join(f"{name}={value}" for name, value in os.environ.items()).encode()
        is_ready = "never-ready" not in BEHAVIOUR
        if "slow" in BEHAVIOUR and not (MARKS / "go").exists():
            is_ready = False
        self.send_response(200 if is_ready or self.path != "/ready" else 503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if request := self.headers["X-Request-ID"]:
            say(f'{{"message": "asked", "request_id": "{request}"}}')

    def log_message(self, *_: object) -> None:
        """Say only what the tests look for."""


def flood() -> None:
    line = "x" * 999 + "\n"
    while True:
        sys.stdout.write(line)


def chat() -> None:
    """As services speak: lines of JSON, each one flushed."""
    facts = '"http.request.method": "GET", "url.path": "/api/v1/users/me", "duration_ms": 12.5'
    begun, count = time.monotonic(), 0
    while True:
        request = f"7ca2e558-7edc-4aea-89ca-{count:012}"
        say(f'{{"message": "GET /api/v1/users/me 200", {facts}, "request_id": "{request}"}}')
        count += 1
        if count % 50 == 0:
            time.sleep(max(0.0, begun + count / 5000 - time.monotonic()))


def main() -> None:
    if sys.argv[1:]:
        mark(sys.argv[1])
        return
    if "exits" in BEHAVIOUR:
        say("the moon is in the wrong phase")
        sys.exit(7)
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)

    def stop(*_: object) -> None:
        mark("drained")
        os._exit(0)

    signal.signal(signal.SIGTERM, signal.SIG_IGN if "ignores-term" in BEHAVIOUR else stop)
    mark("started")
    say(f"listening with the key {os.environ.get('SOME_API_KEY')}")
    if "hostile" in BEHAVIOUR:
        for line in HOSTILE:
            say(line)
    if "floods" in BEHAVIOUR:
        threading.Thread(target=flood, daemon=True).start()
    if "chats" in BEHAVIOUR:
        threading.Thread(target=chat, daemon=True).start()
    server.serve_forever(0.05)


main()
