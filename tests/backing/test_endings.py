"""However a run ends, nothing of its servers is left: no process, no folder, no shared memory."""

import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from generator.backing import BackingUnavailableError
from tests.backing.lent import Lent
from tests.backing.machine import (
    HOLD,
    INSTALLED,
    bindir,
    environment,
    is_clean,
    line_of,
    opened,
    processes,
    psql,
    running_python,
    staying_psql,
    url_of,
    wait_until,
)

BUSY = "SELECT sum(n) FROM generate_series(1, 1e9) n"


@contextmanager
def _holder(scratch: Path, **more: str) -> Iterator[subprocess.Popen[str]]:
    variables = environment(scratch, PATH=f"{bindir()}:/usr/bin:/bin", **more)
    with running_python(HOLD, variables) as process:
        yield process


def _server_of(scratch: Path) -> int:
    [record] = scratch.glob("bk-*/data/postmaster.pid")
    return int(record.read_text().split()[0])


def test_two_runs_do_not_meet_and_outlive_the_thread_that_began_them(scratch: Path) -> None:
    managers = [opened(environment(scratch), INSTALLED) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda manager: manager.__enter__(), managers))
    first, second = (url_of(run) for run in runs)
    assert urlsplit(first).port != urlsplit(second).port
    assert psql(first, "SELECT 1") == psql(second, "SELECT 1") == "1"
    for manager in managers:
        manager.__exit__(None, None, None)
    assert is_clean(scratch)


def test_an_error_of_the_caller_ends_it_too(scratch: Path, lent: Lent) -> None:
    before = lent.names()
    variables = environment(scratch, GENERATOR_POSTGRES_URL=lent.url("scrambled"))
    with pytest.raises(ZeroDivisionError), opened(variables) as services:
        raise ZeroDivisionError(url_of(services))
    assert lent.names() == before


def test_a_killed_generator_leaves_nothing(scratch: Path, stack: ExitStack) -> None:
    holder = stack.enter_context(_holder(scratch))
    line_of(holder)
    # A client that is busy must not keep the server alive.
    client = stack.enter_context(staying_psql(line_of(holder), "SELECT 'in'", BUSY))
    assert line_of(client) == "in"
    holder.kill()
    wait_until(lambda: is_clean(scratch))
    assert client.wait(5) != 0


def test_a_generator_that_is_killed_while_the_server_starts_leaves_nothing(scratch: Path) -> None:
    with _holder(scratch) as holder:
        wait_until(lambda: bool(processes(f"-D {scratch}")))
        holder.kill()
        wait_until(lambda: is_clean(scratch))


def test_even_together_with_its_supervisor(scratch: Path) -> None:
    with _holder(scratch) as holder:
        line_of(holder)
        for pid in (*processes("supervisor", parent=holder.pid), holder.pid):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: is_clean(scratch))


def test_a_killed_generator_leaves_nothing_on_a_external_server(scratch: Path, lent: Lent) -> None:
    before = lent.names()
    with _holder(scratch, GENERATOR_POSTGRES_URL=lent.url("scrambled")) as holder:
        line_of(holder)
        assert urlsplit(line_of(holder)).path[1:] in lent.names()
        holder.kill()
        wait_until(lambda: lent.names() == before)


def test_an_interrupted_generator_leaves_nothing(scratch: Path) -> None:
    with _holder(scratch) as holder:
        line_of(holder)
        # As a terminal does it: everybody in the foreground gets it.
        os.killpg(holder.pid, signal.SIGINT)
        assert holder.wait(10) != 0
        assert is_clean(scratch)


def test_a_supervisor_that_is_asked_to_end_takes_the_server_along(scratch: Path) -> None:
    with opened(environment(scratch), INSTALLED) as services:
        url_of(services)
        [supervisor] = processes("supervisor", parent=os.getpid())
        os.kill(supervisor, signal.SIGTERM)
        # The server is gone a moment before its supervisor, who would still answer in between.
        wait_until(lambda: is_clean(scratch) and not processes("supervisor", parent=os.getpid()))
        with pytest.raises(BackingUnavailableError, match="keeps postgres has ended"):
            url_of(services)


def test_a_crashed_server_is_told_with_its_last_lines_and_cleared_away(scratch: Path) -> None:
    with opened(environment(scratch), INSTALLED) as services:
        url_of(services)
        server = _server_of(scratch)
        os.kill(server, signal.SIGKILL)
        with pytest.raises(BackingUnavailableError) as caught:
            url_of(services, "orders-data")
    assert caught.value.message.startswith("orders-data: no database could be made at 127.0.0.1:")
    assert "ready to accept connections" in caught.value.hint
    assert is_clean(scratch)
