"""What scenarios are told of a running system and may do to it, over HTTP on loopback."""

import json
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

_POLL_SECONDS = 0.02
_INBOX = "inbox"


@dataclass(frozen=True, kw_only=True, slots=True)
class Actions:
    """What is known and may be done; each may be called from any thread.

    Attributes:
        describe: what runs, as JSON takes it.
        kill: kills the part of this name; raises `LookupError` when there is none.
        unready: the parts that are not ready or do not answer now.
        log: what a service has said.
        tell: says a line to whoever watches.
    """

    describe: Callable[[], Mapping[str, Any]]
    kill: Callable[[str], None]
    unready: Callable[[], Sequence[str]]
    log: Callable[[str], Sequence[Mapping[str, str]]]
    tell: Callable[[str], None]


class Control:
    """Serves while it is open; whoever knows its URL may do everything.

    The inbox takes whatever services post to it, in the place of somebody else's webhooks. They
    know its URL and no other.

    Attributes:
        url: where scenarios ask.
        inbox_url: where services post to.
    """

    def __init__(self) -> None:
        handler = type("Handler", (_Handler,), {"control": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._lock = threading.Lock()
        self._posts: list[Mapping[str, Any]] = []
        own = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._token, self._box = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self.url, self.inbox_url = f"{own}/{self._token}", f"{own}/{self._box}"
        self.actions: Actions | None = None

    def __enter__(self) -> Self:
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(_POLL_SECONDS,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, object]:
        """The status and the answer to a request."""
        _, token, *rest = unquote(path.partition("?")[0]).split("/")
        if token == self._box and method == "POST":
            return self._take(rest, body)
        if token != self._token or self.actions is None:
            return 404, {"error": "there is nothing here"}
        word, name = (*rest, "", "")[:2]
        try:
            return 200, self._act(self.actions, f"{method} {word}", name, body)
        except KeyError:
            return 404, {"error": f"there is no {method} /{'/'.join(rest)}"}
        except LookupError as error:
            return 409, {"error": str(error)}

    def _act(self, actions: Actions, asked: str, name: str, body: bytes) -> object:
        acts: Mapping[str, Callable[[], object]] = {
            "GET system": actions.describe,
            "GET unready": lambda: list(actions.unready()),
            "GET log": lambda: actions.log(name),
            f"GET {_INBOX}": self._posted,
            "POST kill": lambda: actions.kill(name),
            "POST tell": lambda: actions.tell(body.decode(errors="replace")),
        }
        return acts[asked]()

    def _posted(self) -> list[Mapping[str, Any]]:
        with self._lock:
            return list(self._posts)

    def _take(self, path: Sequence[str], body: bytes) -> tuple[int, object]:
        try:
            content = json.loads(body)
        except ValueError:
            content = body.decode(errors="replace")
        with self._lock:
            self._posts.append({"path": "/".join(path), "body": content})
        return 200, {}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Otherwise a client that keeps its connection would hold its thread for ever.
    timeout = 60
    control: Control

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(int(length) if length.isdecimal() else 0)
        try:
            status, found = self.control.answer(method, self.path, body)
        except Exception as error:  # noqa: BLE001 - whoever asks is told, and the system goes on
            status, found = 500, {"error": f"{type(error).__name__}: {error}"}
        text = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Keep quiet: the terminal is the report's."""
