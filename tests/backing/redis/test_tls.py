"""A `rediss://` URL is spoken through TLS, and its certificate is looked at."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from generator.backing import BackingUnavailableError
from tests.backing.machine import environment
from tests.backing.redis.lent import PASSWORD, Lent, client
from tests.backing.redis.machine import namespace_of, opened_redis


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("openssl"):
        pytest.skip("this machine has no openssl")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", folder / "server.key", "-out", folder / "server.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder / "server.crt"


@pytest.fixture
def secured(lent: Lent, certificate: Path) -> Iterator[int]:
    """A port that speaks TLS for the lent server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, context, lent.port), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, context: ssl.SSLContext, port: int) -> None:
    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return
        with suppress(OSError):
            near = context.wrap_socket(plain, server_side=True)
            far = socket.create_connection(("127.0.0.1", port))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_carry, args=(one, other), daemon=True).start()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError), source, sink:
        while block := source.recv(65536):
            sink.sendall(block)


def _url(port: int, query: str) -> str:
    return f"rediss://:{quote(PASSWORD, safe='')}@localhost:{port}/1{query}"


def test_a_trusted_certificate_gets_through(scratch: Path, secured: int, certificate: Path) -> None:
    url = _url(secured, f"?ssl_ca_certs={certificate}")
    with opened_redis(environment(scratch, GENERATOR_REDIS_URL=url)) as services:
        given, prefix = namespace_of(services)
        assert given.startswith("rediss://")
        with client(given) as redis:
            assert redis.set(f"{prefix}a", "1")


def test_a_certificate_may_be_left_unseen(scratch: Path, secured: int) -> None:
    url = _url(secured, "?ssl_cert_reqs=none")
    with opened_redis(environment(scratch, GENERATOR_REDIS_URL=url)) as services:
        assert namespace_of(services)[0].endswith("/1?ssl_cert_reqs=none")


def test_an_unknown_certificate_is_refused(scratch: Path, secured: int) -> None:
    variables = environment(scratch, GENERATOR_REDIS_URL=_url(secured, ""))
    with (
        pytest.raises(BackingUnavailableError, match="CERTIFICATE_VERIFY"),
        opened_redis(variables),
    ):
        pass
