import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest

from generator.processes import Proxy, UncuttableError


class Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while block := self.request.recv(1024):
            self.request.sendall(block)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


@pytest.fixture
def url() -> Iterator[str]:
    with Server(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        yield f"redis://user:pass@127.0.0.1:{server.server_address[1]}/3?x=y"
        server.shutdown()


def echoed(connection: socket.socket) -> bytes:
    try:
        connection.sendall(b"hello")
        return connection.recv(5)
    except OSError:
        return b""


def test_only_the_place_of_the_url_is_changed(url: str) -> None:
    with Proxy(url) as proxy:
        assert proxy.url == f"redis://user:pass@127.0.0.1:{proxy.port}/3?x=y"


def test_cutting_ends_connections_and_refuses_new_ones_until_opened_again(url: str) -> None:
    with Proxy(url) as proxy:
        place = ("127.0.0.1", proxy.port)
        with socket.create_connection(place, timeout=5) as before:
            assert echoed(before) == b"hello"
            proxy.cut()
            assert echoed(before) == b""
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(place, timeout=5)
        proxy.open()
        with socket.create_connection(place, timeout=5) as after:
            assert echoed(after) == b"hello"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///x?host=/run/postgresql",
        "https://api.example.com",
        "redis://h:port",
        "postgresql://h/x?sslmode=verify-full",
        "nonsense",
        "",
    ],
)
def test_what_no_plain_proxy_can_stand_in_front_of_is_refused(url: str) -> None:
    with pytest.raises(UncuttableError):
        Proxy(url)
