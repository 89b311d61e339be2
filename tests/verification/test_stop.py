"""However a verification ends, by Ctrl-C or by a kill, nothing that it started goes on."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.verification.support import Shop

pytestmark = pytest.mark.slow

# Connects to the test, which sees the connection end when this process does.
HANGING = """
import os
import socket


def test_it() -> None:
    with socket.create_connection(("127.0.0.1", int(os.environ["CALL"]))) as call:
        call.sendall(b"here")
        call.recv(1)
"""
PROGRAM = """
import sys
from pathlib import Path
from tests.verification.support import Shop
from generator.verification import Check, Options
shop = Shop(root=Path(sys.argv[1]), backend_url="tcp://127.0.0.1:1")
job = shop.job("stopped", environment={"CALL": sys.argv[2]})
only = frozenset({Check.TESTS})
try:
    shop.report(job, options=Options(only=only, workspace=False, shared=False))
except KeyboardInterrupt:
    sys.exit(130)
"""


@contextmanager
def hanging(shop: Shop) -> Iterator[tuple["subprocess.Popen[bytes]", socket.socket]]:
    """A verification in a process of its own, whose suite has begun and will not end."""
    shop.add("stopped", {"tests/test_backend.py": HANGING}, tools=("pytest",))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        port = str(listener.getsockname()[1])
        command = [sys.executable, "-c", PROGRAM, str(shop.root), port]
        with subprocess.Popen(
            command, env={**os.environ, "PYTHONPATH": str(Path.cwd())}
        ) as process:
            call, _ = listener.accept()
            with call:
                call.settimeout(20)
                assert call.recv(4) == b"here"
                yield process, call
            process.kill()


def ended(call: socket.socket) -> bool:
    try:
        return call.recv(1) == b""
    except ConnectionResetError:
        return True


def test_ctrl_c_ends_the_children_and_is_passed_on(shop: Shop) -> None:
    with hanging(shop) as (process, call):
        process.send_signal(signal.SIGINT)
        assert ended(call)
        assert process.wait(20) == 130


def test_a_kill_of_the_verification_ends_the_children_too(shop: Shop) -> None:
    with hanging(shop) as (process, call):
        process.kill()
        assert ended(call)
