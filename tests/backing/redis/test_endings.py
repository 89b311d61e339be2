"""However a run ends, nothing of its Redis is left: no process, no folder, no key."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator.backing import BackingUnavailableError
from tests.backing.machine import (
    HOLD,
    environment,
    is_clean,
    line_of,
    processes,
    running_python,
    wait_until,
)
from tests.backing.redis.lent import Lent, client
from tests.backing.redis.machine import EMBEDDED, namespace_of, opened_redis


@contextmanager
def _holder(scratch: Path, path: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    variables = environment(scratch, PATH=path, KIND="redis", **more)
    with running_python(HOLD, variables) as process:
        yield process


def test_a_killed_generator_leaves_nothing(scratch: Path, path: str) -> None:
    with _holder(scratch, path) as holder:
        assert "own instance" in line_of(holder)
        holder.kill()
        wait_until(lambda: is_clean(scratch))


def test_even_together_with_its_supervisor(scratch: Path, path: str) -> None:
    with _holder(scratch, path) as holder:
        line_of(holder)
        assert processes(str(scratch))
        for pid in (*processes("supervisor", parent=holder.pid), holder.pid):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: is_clean(scratch))


def test_a_killed_generator_leaves_no_key_on_a_external_server(
    scratch: Path, path: str, lent: Lent
) -> None:
    before = lent.keys()
    with _holder(scratch, path, GENERATOR_REDIS_URL=lent.url()) as holder:
        detail, url, prefix = (line_of(holder) for _ in range(3))
        assert "own instance" not in detail
        with client(url) as redis:
            redis.set(f"{prefix}key", "1")
        holder.kill()
        wait_until(lambda: lent.keys() == before)


def test_a_crashed_server_is_told_with_its_last_lines_and_cleared_away(scratch: Path) -> None:
    with opened_redis(environment(scratch), EMBEDDED) as services:
        namespace_of(services)
        [server] = processes(f"{scratch}", parent=processes("supervisor", parent=os.getpid())[0])[
            -1:
        ]
        os.kill(server, signal.SIGKILL)
        with pytest.raises(BackingUnavailableError) as caught:
            namespace_of(services, "orders-api")
    assert caught.value.message.startswith("orders-api: no key could be written at 127.0.0.1:")
    assert "Ready to accept connections" in caught.value.hint
    assert is_clean(scratch)
