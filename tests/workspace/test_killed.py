"""A run that is killed leaves the workspace as it was, or whole; and the next run succeeds."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from generator.rendering.trees import differences, read_tree
from tests.support.cli import Cli

# Kills itself before the n-th step that changes the disk, as `kill -9` at that moment would.
SUICIDE = """
import json, os, shutil, signal, sys
left = int(sys.argv.pop(1))
made = []
def before(function):
    def wrapped(*args, **kwargs):
        global left
        left -= 1
        made.append(f"{function.__name__} {args[:2]}")
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
    print("steps:", json.dumps(made))
"""
NEW = ("new-service", "data-postgres", "users-data", "--no-verify", "--no-lock")


INIT = ("init", "shop", "--no-lock")


def run_until(cli: Cli, workspace: Path, steps: int, words: Sequence[str] = NEW) -> int:
    done = subprocess.run(
        [sys.executable, "-c", SUICIDE, str(steps), *words],
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


def steps_of_a_whole_run(cli: Cli, workspace: Path, words: Sequence[str] = NEW) -> list[str]:
    """The steps, as they are made by a run that never kills itself."""
    trial = workspace.parent / "counted"
    shutil.copytree(workspace, trial, symlinks=True)
    done = subprocess.run(
        [sys.executable, "-c", SUICIDE, "0", *words],
        cwd=trial, env=cli.env(), capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    steps: list[str] = json.loads(done.stdout.rpartition("steps: ")[2])
    return steps


def without_secrets(tree: dict[str, str]) -> dict[str, str]:
    return {path: text for path, text in tree.items() if path != ".env"}


@pytest.mark.slow
def test_killed_at_any_step_the_next_run_succeeds_and_the_result_is_whole(
    cli: Cli, workspace: Path, complete: dict[str, str], tmp_path: Path
) -> None:
    before = read_tree(workspace)
    made = steps_of_a_whole_run(cli, workspace)
    # Every single step in between is tried in tests/changes, with folders of all kinds.
    begun = next(n for n, step in enumerate(made, 1) if step.endswith(" 'journal')"))
    ended = next(n for n, step in enumerate(made, 1) if step.startswith("rename ('journal', "))
    ends = set()
    for steps in (begun // 2, begun, begun + 1, (begun + ended) // 2, ended, ended + 1):
        trial = tmp_path / f"killed-{steps}"
        shutil.copytree(workspace, trial, symlinks=True)
        assert run_until(cli, trial, steps) == -signal.SIGKILL
        interrupted = (trial / ".generator/journal").exists()
        if not interrupted:
            whole = (trial / "services/users-data").exists()
            found = without_secrets(read_tree(trial))
            wanted = without_secrets(complete if whole else before)
            assert differences(found, wanted) == [], steps
        ends.add("interrupted" if interrupted else whole)
        if interrupted or not whole:
            cli(*NEW, cwd=trial).ok()
        after = without_secrets(read_tree(trial))
        assert differences(after, without_secrets(complete)) == [], steps
        assert "USERS_DATA_DB_PASSWORD=" in (trial / ".env").read_text()
        assert not (trial / ".generator/journal").exists()
        shutil.rmtree(trial)
    assert ends == {"interrupted", False, True}


@pytest.mark.slow
@pytest.mark.usefixtures("pristine_workspace")  # The templates are in the cache then: fewer steps.
def test_an_init_that_is_killed_leaves_no_half_workspace_and_the_next_one_sweeps(
    cli: Cli, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    total = len(steps_of_a_whole_run(cli, place, INIT))
    whole = read_tree(tmp_path / "counted/shop")
    assert total > 200
    for steps in (2, total // 2, total - 30, total - 4, total - 2, total - 1):
        assert run_until(cli, place, steps, INIT) == -signal.SIGKILL
        left = {path.name for path in place.iterdir()}
        assert all(name.startswith(".generator-init-") for name in left - {"shop"}), steps
        if "shop" in left:
            assert without_secrets(read_tree(place / "shop")) == without_secrets(whole), steps
            shutil.rmtree(place / "shop")
    cli(*INIT, cwd=place).ok()
    assert [path.name for path in place.iterdir()] == ["shop"]


def test_what_was_interrupted_is_taken_back_by_any_command_that_changes_the_workspace(
    cli: Cli, workspace: Path
) -> None:
    before = read_tree(workspace)
    interrupt(cli, workspace)
    assert differences(before, read_tree(workspace)) != []
    (workspace / ".generator/staging-left-over").mkdir()
    told = cli("sync", cwd=workspace).ok()
    assert "The interrupted `new-service data-postgres users-data` was taken back" in told.stderr
    assert [path.name for path in (workspace / ".generator").iterdir()] == ["lock"]
    assert differences(read_tree(workspace), before) == []


LOOKING = (
    ("sync", "--dry-run"),
    ("sync", "--diff", "--json"),
    ("sync", "--check"),
    (*NEW, "--dry-run"),
    ("new-service", "data-postgres", "other-data", "--diff"),
    ("list",),
)


@pytest.mark.parametrize("words", LOOKING, ids=" ".join)
def test_who_only_looks_settles_nothing_and_writes_nothing(
    cli: Cli, half: Path, words: tuple[str, ...]
) -> None:
    (half / ".generator/staging-left-over").mkdir(exist_ok=True)
    before = read_tree(half, leave_out=())
    looked = cli(*words, cwd=half)
    assert looked.code in {0, 1, 2}, looked.stderr
    assert read_tree(half, leave_out=()) == before
    assert (half / ".generator/staging-left-over").is_dir()
    assert words == ("list",) or "was interrupted here; `generator sync` takes it" in looked.stderr


def test_what_a_person_wrote_since_stops_every_command_until_force_leaves_it(
    cli: Cli, workspace: Path
) -> None:
    before = read_tree(workspace)
    interrupt(cli, workspace)
    mine = workspace / "services/users-data/README.md"
    mine.write_text("mine")
    for words in (("sync",), NEW):
        refused = cli(*words, cwd=workspace).failed(3)
        assert f"{mine} was changed" in refused.stderr
        assert "generator sync --force" in refused.stderr
    told = cli("sync", "--force", cwd=workspace)
    assert mine.read_text() == "mine"
    left = read_tree(workspace)
    del left["services/users-data/README.md"]
    assert differences(left, before) == [], told.stderr
    cli("sync", cwd=workspace).ok()


@pytest.mark.parametrize("text", ["", '{"schema": 9}', "[]"])
def test_a_broken_journal_is_one_line_and_force_puts_it_aside(
    cli: Cli, workspace: Path, text: str
) -> None:
    journal = workspace / ".generator/journal"
    journal.mkdir(parents=True)
    (journal / "steps.json").write_text(text)
    for words in (("sync",), NEW):
        refused = cli(*words, cwd=workspace).failed(3)
        assert "steps.json cannot be read" in refused.stderr
        assert "generator sync --force" in refused.stderr
    cli("sync", "--force", cwd=workspace).ok()
    cli("sync", cwd=workspace).ok()
    assert (workspace / ".generator/interrupted-1/steps.json").read_text() == text


def interrupt(cli: Cli, workspace: Path) -> None:
    """Kill a run when it has put the service in place, and not all of the rest."""
    script = SUICIDE.replace("left -= 1", 'left = 0 if args[1:2] == (".env",) else -1')
    done = subprocess.run(
        [sys.executable, "-c", script, "0", *NEW],
        cwd=workspace, env=cli.env(), capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    assert (workspace / ".generator/journal").is_dir()


@pytest.fixture(scope="module")
def _half(cli: Cli, pristine_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("half") / "shop"
    shutil.copytree(pristine_workspace, folder, symlinks=True)
    interrupt(cli, folder)
    return folder


@pytest.fixture
def half(_half: Path, tmp_path: Path) -> Path:
    """A workspace of the test's own in which a run was killed on the way."""
    shutil.copytree(_half, tmp_path / "shop", symlinks=True)
    return tmp_path / "shop"
