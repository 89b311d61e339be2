"""A run that is killed leaves the workspace as it was, or whole; and the next run succeeds."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.checkout import git
from tests.support.cli import Cli
from tests.support.trees import differences, read_tree

# Kills itself before the n-th step that changes the disk, as `kill -9` at that moment would.
SUICIDE = """
import os, signal, sys
left = int(sys.argv.pop(1))
def before(function):
    def wrapped(*args, **kwargs):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return wrapped
for name in ("rename", "replace", "mkdir", "unlink", "rmdir", "open", "chmod"):
    setattr(os, name, before(getattr(os, name)))
from generator.cli import main
try:
    main()
finally:
    print("steps:", -left)
"""
NEW = ("new-service", "data-postgres", "users-data", "--no-verify", "--no-lock")


def run_until(cli: Cli, workspace: Path, steps: int) -> int:
    done = subprocess.run(
        [sys.executable, "-c", SUICIDE, str(steps), *NEW],
        cwd=workspace, env=cli.env(), capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode


@pytest.fixture(scope="module")
def complete(
    cli: Cli, pristine_workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("complete") / "shop"
    shutil.copytree(pristine_workspace, folder, symlinks=True)
    cli(*NEW, cwd=folder).ok()
    return read_tree(folder)


def steps_of_a_whole_run(cli: Cli, workspace: Path) -> int:
    """How many steps there are, counted by a run that never kills itself."""
    trial = workspace.parent / "counted"
    shutil.copytree(workspace, trial, symlinks=True)
    done = subprocess.run(
        [sys.executable, "-c", SUICIDE, "0", *NEW],
        cwd=trial, env=cli.env(), capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return int(done.stdout.rpartition("steps: ")[2])


def without_secrets(tree: dict[str, str]) -> dict[str, str]:
    return {path: text for path, text in tree.items() if path != ".env"}


@pytest.mark.slow
def test_killed_at_any_step_the_next_run_succeeds_and_the_result_is_whole(
    cli: Cli, workspace: Path, complete: dict[str, str], tmp_path: Path
) -> None:
    before = read_tree(workspace)
    total = steps_of_a_whole_run(cli, workspace)
    # Putting things in place is the last third; rendering and staging are before it.
    assert total > 60
    chosen = [1, total // 4, total // 2, *range(total - 36, total, 4), total - 1]
    for steps in chosen:
        trial = tmp_path / f"killed-{steps}"
        shutil.copytree(workspace, trial, symlinks=True)
        assert run_until(cli, trial, steps) == -signal.SIGKILL
        placed = (trial / "services/users-data").exists()
        if not placed:
            assert differences(before, read_tree(trial)) == [], steps
        cli(*NEW, cwd=trial).ok()
        after = without_secrets(read_tree(trial))
        assert differences(after, without_secrets(complete)) == [], steps
        assert "USERS_DATA_DB_PASSWORD=" in (trial / ".env").read_text()
        assert git(trial, "status", "--porcelain", "--", ".generator") == ""
        shutil.rmtree(trial)


def test_an_interrupted_run_is_finished_by_any_command_that_changes_the_workspace(
    cli: Cli, workspace: Path, complete: dict[str, str]
) -> None:
    cli(*NEW, cwd=workspace).ok()
    (workspace / ".generator/unfinished.json").write_text(
        '{"service": "users-data", "lock": false}\n'
    )
    (workspace / "wiring/compose.yaml").unlink()
    (workspace / ".generator/staging-left-over").mkdir()
    told = cli("sync", cwd=workspace).ok()
    assert "Finishing the interrupted creation of users-data" in told.stderr
    assert not list((workspace / ".generator").glob("staging-*"))
    assert differences(without_secrets(read_tree(workspace)), without_secrets(complete)) == []
