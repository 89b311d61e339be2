"""Two runs at once in one workspace: each has its own results, and nothing of it is left."""

import shutil
import threading
from pathlib import Path

import pytest

from generator.verification import Check, Outcome
from generator.verification.scratch import Scratch
from tests.verification.support import Shop

pytestmark = pytest.mark.slow

# Waits until the other run's suite is at the same place: one after the other would never end.
MEETING = """\
import os
from pathlib import Path


def test_it_meets_the_other_run() -> None:
    meeting = Path("{meeting}")
    (meeting / str(os.getpid())).touch()
    while len(list(meeting.iterdir())) < 2:
        pass
"""


def private_names(shop: Shop) -> set[str]:
    return {path.name for path in shop.workspace.private_dir.iterdir()}


def test_two_runs_of_one_subject_at_once_do_not_disturb_each_other(
    lonely: Shop, tmp_path: Path
) -> None:
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    lonely.add(
        "busy", {"tests/test_meeting.py": MEETING.format(meeting=meeting)}, tools=("pytest",)
    )
    lonely.lock()
    found: list[Outcome] = []

    def run() -> None:
        found.append(lonely.check("busy", Check.TESTS)[Check.TESTS].outcome)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Outcome.PASSED, Outcome.PASSED]
    assert not [name for name in private_names(lonely) if name.startswith("run-")]


def test_a_run_that_was_killed_leaves_what_the_next_one_removes(lonely: Shop) -> None:
    private = lonely.workspace.private_dir
    left = private / "run-killed"
    (left / "envs/busy").mkdir(parents=True)
    (left / "alive").touch()
    with Scratch(private) as first:
        assert not left.exists()
        with Scratch(private) as second:
            assert first.of_run("busy").exists()
            assert first.venv("busy") == private / "envs/busy"
            assert second.venv("busy") != first.venv("busy")
            assert second.cache("busy") != first.cache("busy")
        assert first.of_run("busy").exists()
    with Scratch(private) as third:
        assert third.venv("busy") == private / "envs/busy"


def test_a_copy_elsewhere_is_verified_with_the_environments_of_the_workspace(
    lonely: Shop, tmp_path: Path
) -> None:
    lonely.add("linted", tools=("ruff",))
    lonely.check("linted", Check.LINT)
    shutil.copytree(lonely.root, tmp_path / "copy", ignore=shutil.ignore_patterns(".generator"))
    copy = Shop(
        root=tmp_path / "copy",
        backend_url=lonely.backend_url,
        kept=lonely.workspace.private_dir,
    )
    assert copy.check("linted", Check.LINT)[Check.LINT].outcome is Outcome.CACHED
    (copy.root / "services/linted/src/app/unused.py").write_text("import os\n")
    assert copy.check("linted", Check.LINT)[Check.LINT].outcome is Outcome.FAILED
    assert not (copy.root / ".generator").exists()
    assert lonely.check("linted", Check.LINT)[Check.LINT].outcome is Outcome.CACHED
