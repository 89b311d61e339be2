"""However a run ends, nothing of its RabbitMQ is left: no process, no folder, no virtual host."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.backing.machine import (
    HOLD,
    environment,
    is_clean,
    line_of,
    processes,
    running_python,
    wait_until,
)
from tests.backing.rabbitmq.lent import Lent
from tests.backing.rabbitmq.machine import use


@contextmanager
def _holder(scratch: Path, **more: str) -> Iterator[subprocess.Popen[str]]:
    variables = environment(scratch, KIND="rabbitmq", PATH=os.environ["PATH"], **more)
    with running_python(HOLD, variables) as process:
        yield process


@pytest.mark.usefixtures("rabbitmq")
def test_a_generator_killed_together_with_its_supervisor_leaves_nothing(scratch: Path) -> None:
    with _holder(scratch) as holder:
        assert "own instance" in line_of(holder)
        assert len(processes(str(scratch))) >= 3
        for pid in (*processes("supervisor", parent=holder.pid), holder.pid):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: is_clean(scratch))


def test_a_killed_generator_leaves_nothing_on_an_external_server(scratch: Path, lent: Lent) -> None:
    before = lent.inventory()
    with _holder(scratch, GENERATOR_RABBITMQ_URL=lent.url(), **lent.managed) as holder:
        _, url, prefix = (line_of(holder) for _ in range(3))
        use(url, prefix)
        assert lent.inventory() != before
        holder.kill()
        wait_until(lambda: lent.inventory() == before)


@pytest.mark.usefixtures("rabbitmq")
def test_a_generator_killed_while_the_server_starts_leaves_nothing(scratch: Path) -> None:
    with _holder(scratch) as holder:
        wait_until(lambda: bool(processes("beam.smp", parent=_supervisor(holder))))
        holder.kill()
        wait_until(lambda: is_clean(scratch))


def _supervisor(holder: subprocess.Popen[str]) -> int:
    return next(iter(processes("supervisor", parent=holder.pid)), -1)
