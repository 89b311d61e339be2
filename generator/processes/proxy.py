"""Stands between a service and what it depends on, and can cut the connection."""

import selectors
import socket
import socketserver
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urlsplit

from generator.server_url import default_port, is_secure

_BLOCK = 65536
_POLL_SECONDS = 0.02


class UncuttableError(ValueError):
    """A URL that no plain proxy can stand in front of."""


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


class Proxy:
    """Forwards a loopback port to the host and port of a URL while it is open.

    Args:
        url: where to; of a scheme without TLS, since a certificate would not name the loopback.

    Raises:
        UncuttableError: when the URL has no host and port, or wants TLS.
    """

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._target = _target(self._parts)
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._server = self._bound(0)
        self._listening = False
        self.port: int = self._server.server_address[1]

    @property
    def url(self) -> str:
        """The given URL, by way of this proxy."""
        user, at, _ = self._parts.netloc.rpartition("@")
        return self._parts._replace(netloc=f"{user}{at}127.0.0.1:{self.port}").geturl()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.cut()
        self._server.server_close()

    def open(self) -> None:
        """Forward, now or again."""
        self._server.server_activate()
        self._listening = True
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(_POLL_SECONDS,), daemon=True).start()

    def cut(self) -> None:
        """Refuse new connections and end those there are; the port stays ours."""
        if not self._listening:
            return
        self._server.shutdown()
        self._server.server_close()
        with self._lock:
            self._listening = False
            for one in self._sockets:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
        # Bound and not listening: connecting is refused, and nobody else can take the port.
        self._server = self._bound(self.port)

    def _bound(self, port: int) -> _Server:
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                proxy.forward(self.request)

        server = _Server(("127.0.0.1", port), Handler, bind_and_activate=False)
        server.server_bind()
        return server

    def forward(self, near: socket.socket) -> None:
        """Carry one connection's bytes both ways until either side is done."""
        with suppress(OSError), socket.create_connection(self._target, timeout=10) as far:
            far.settimeout(None)
            with self._lock:
                if not self._listening:
                    return
                self._sockets |= {near, far}
            try:
                _carry(near, far)
            finally:
                with self._lock:
                    self._sockets -= {near, far}


def _carry(near: socket.socket, far: socket.socket) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(near, selectors.EVENT_READ, (near, far))
        selector.register(far, selectors.EVENT_READ, (far, near))
        while True:
            for key, _ in selector.select():
                source, sink = key.data
                block = source.recv(_BLOCK)
                if not block:
                    return
                sink.sendall(block)


def _target(parts: SplitResult) -> tuple[str, int]:
    try:
        port = parts.port or default_port(parts.scheme)
    except ValueError:
        port = None
    if parts.hostname is None or port is None:
        raise UncuttableError("its URL names no host and port")
    if is_secure(parts.scheme) or "verify-" in parts.query:
        raise UncuttableError("its URL wants a certificate")
    return parts.hostname, port
