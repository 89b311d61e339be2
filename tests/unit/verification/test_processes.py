import os
import sys
from pathlib import Path

import pytest

from generator.verification.processes import Processes, StoppedError

FOREVER = "import signal; print('up', flush=True); signal.pause()"


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
            os.killpg(child.group, 0)
        with pytest.raises(StoppedError):
            processes.start([sys.executable, "-c", ""], cwd=tmp_path, environment={})


def test_a_program_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with Processes() as processes, pytest.raises(FileNotFoundError):
        processes.run(["no-such-program"], cwd=tmp_path, environment={}, seconds=1)
