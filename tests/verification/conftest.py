"""One workspace and one thing to depend on for all tests of this folder."""

import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.verification.support import Pong, Shop, make_wheel, make_workspace

collect_ignore = ["good"]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@pytest.fixture(scope="session")
def backend_url() -> Iterator[str]:
    """Where ping is answered with pong."""
    with _Server(("127.0.0.1", 0), Pong) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"tcp://user:a-long-secret@127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def _root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("verification") / "shop"
    make_workspace(root)
    driver = make_wheel(root / "wheels", "asyncpg")
    make_wheel(root / "wheels", "helper", requires=f"asyncpg @ {driver.as_uri()}")
    return root


@pytest.fixture
def shop(_root: Path, backend_url: str) -> Shop:
    """The workspace that all tests share; each adds a service of a name of its own."""
    return Shop(root=_root, backend_url=backend_url)


@pytest.fixture
def lonely(tmp_path: Path, backend_url: str) -> Shop:
    """A workspace of the test's own, for what would disturb the others."""
    make_workspace(tmp_path / "shop")
    return Shop(root=tmp_path / "shop", backend_url=backend_url)
