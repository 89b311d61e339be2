import os
import queue
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from generator.processes import Processes, StoppedError

FOREVER = "import signal; print('up', flush=True); signal.pause()"
# Starts two programs as we do, says their numbers, and waits to be killed.
PARENT = """
import signal, sys
from generator.processes import Processes

with Processes() as processes:
    for _ in range(2):
        words = [sys.executable, "-c", "import signal; signal.pause()"]
        print(processes.start(words, cwd="/", environment={}).pid, flush=True)
    signal.pause()
"""


def test_a_program_is_run_to_its_end_with_both_its_streams(tmp_path: Path) -> None:
    code = "import sys; print('out', flush=True); print('err', file=sys.stderr); sys.exit(3)"
    with Processes() as processes:
        done = processes.run([sys.executable, "-c", code], cwd=tmp_path, environment={}, seconds=20)
    assert (done.code, done.output) == (3, "out\nerr")


def test_out_of_time_has_no_exit_code(tmp_path: Path) -> None:
    with Processes() as processes:
        done = processes.run(
            [sys.executable, "-c", FOREVER], cwd=tmp_path, environment={}, seconds=1
        )
    assert done.code is None


def test_stopping_ends_what_runs_and_refuses_what_comes(tmp_path: Path) -> None:
    with Processes() as processes:
        child = processes.start([sys.executable, "-c", FOREVER], cwd=tmp_path, environment={})
        processes.stop()
        assert child.code is not None
        with pytest.raises(ProcessLookupError):
            os.killpg(child.pid, 0)
        with pytest.raises(StoppedError):
            processes.start([sys.executable, "-c", ""], cwd=tmp_path, environment={})


def test_a_program_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with Processes() as processes, pytest.raises(FileNotFoundError):
        processes.run(["no-such-program"], cwd=tmp_path, environment={}, seconds=1)


def test_lines_come_as_they_are_printed_and_again_after_a_restart(tmp_path: Path) -> None:
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def put_all(block: Sequence[str]) -> None:
        for line in block:
            lines.put(line)

    script = r"printf '\033[31mred, and s3cr3t-word\nup\n'; exec sleep 600"
    with Processes() as processes:
        first = processes.start(
            ["/bin/sh", "-c", script],
            cwd=tmp_path,
            environment={"API_KEY": "s3cr3t-word", "PATH": os.defpath},
            on_lines=put_all,
        )
        assert [lines.get(timeout=20), lines.get(timeout=20)] == ["red, and ***", "up"]
        second = processes.restart(first)
        assert lines.get(timeout=20) == "red, and ***"
        assert (first.code, second.code) == (-signal.SIGINT, None)
        assert first.pid != second.pid


def test_who_is_killed_takes_what_it_started_along() -> None:
    words = [sys.executable, "-c", PARENT]
    with subprocess.Popen(words, stdout=subprocess.PIPE, encoding="utf-8") as parent:
        assert parent.stdout
        ends = [os.pidfd_open(int(parent.stdout.readline())) for _ in range(2)]
        parent.kill()
        for end in ends:
            assert select.select([end], [], [], 20)[0]
            os.close(end)
