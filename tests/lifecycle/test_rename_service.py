"""A service has its new name everywhere, with people's edits and every secret's value."""

import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from generator.rendering.trees import differences, read_tree
from tests.lifecycle.conftest import commit
from tests.support.checkout import git
from tests.support.cli import Cli
from tests.workspace.test_killed import SUICIDE, steps_of_a_whole_run

RENAME = ("rename-service", "--no-verify", "--no-lock")
OLD, NEW = "services/stock-data", "services/goods-store"


@pytest.fixture(scope="session")
def _stocked(cli: Cli, _shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a service whose name no template has in an example."""
    folder = tmp_path_factory.mktemp("stocked") / "shop"
    shutil.copytree(_shop, folder, symlinks=True)
    for words in (
        ("data-postgres", "stock-data"),
        ("fastapi", "stock-api", "--data-service", "stock-data", "--with", "auth"),
    ):
        cli("new-service", *words, "--no-verify", "--no-lock", cwd=folder).ok()
    commit(folder)
    return folder


@pytest.fixture
def stocked(_stocked: Path, tmp_path: Path) -> Path:
    shutil.copytree(_stocked, tmp_path / "shop", symlinks=True)
    return tmp_path / "shop"


def names_in(shop: Path, *names: str) -> list[str]:
    """The files in which one of the names stands, or in whose path it does."""
    tree = read_tree(shop)
    return [p for p, text in tree.items() if any(n in text or n in p for n in names)]


def values(shop: Path) -> dict[str, str]:
    lines = (shop / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line[:1] not in {"#", ""})


def test_no_file_has_the_old_name_and_every_secret_has_its_value(cli: Cli, stocked: Path) -> None:
    env = stocked / ".env"
    env.write_text(env.read_text() + "STOCK_DATA_PORT=9999\n# mine\nMINE='a\nNOBODYS_PORT=1'\n")
    before = values(stocked)
    said = cli(*RENAME, "stock-data", "goods-store", cwd=stocked).ok()
    assert names_in(stocked, "stock-data", "stock_data", "STOCK_DATA_DB", "STOCK_DATA__") == []
    after = values(stocked)
    assert after == {k.replace("STOCK_DATA", "GOODS_STORE", 1): v for k, v in before.items()} | {
        "MINE": before["MINE"], "NOBODYS_PORT": "1'",
    }  # fmt: skip
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert "# the key with which stock-api calls goods-store\n" in env.read_text()
    assert 'ALTER DATABASE "stock_data" RENAME TO "goods_store"' in said.stderr
    assert "The old name is still in" not in said.stderr
    cli("sync", "--check", cwd=stocked).ok()
    answers = (stocked / "services/stock-api/.copier-answers.yml").read_text()
    assert "data_service: goods-store\n" in answers


def test_it_gives_what_a_new_service_of_that_name_gives(cli: Cli, stocked: Path) -> None:
    cli(*RENAME, "stock-data", "goods-store", cwd=stocked).ok()
    renamed = read_tree(stocked / NEW)
    cli("undo", cwd=stocked).ok()
    cli(
        "new-service", "data-postgres", "goods-store", "--no-verify", "--no-lock", "--port",
        "8299", cwd=stocked,
    ).ok()  # fmt: skip
    fresh = read_tree(stocked / NEW)
    port = next(
        line.split()[1]
        for line in (stocked / OLD / ".copier-answers.yml").read_text().splitlines()
        if line.startswith("port")
    )
    assert {
        path: text.replace("8299", port).replace("9299", f"9{port[1:]}")
        for path, text in fresh.items()
    } == renamed


def test_edits_files_of_ones_own_and_uncommitted_work_come_along(cli: Cli, stocked: Path) -> None:
    folder = stocked / OLD
    with (folder / "README.md").open("a") as readme:
        readme.write("mine\n")
    (folder / "own.md").write_text("own\n")
    (folder / "own.md").chmod(0o600)
    (folder / "README.md").chmod(0o660)
    (folder / "alembic.ini").unlink()
    commit(stocked)
    with (folder / "src/app/errors.py").open("a") as errors:
        errors.write("# not committed\n")
    (folder / "new.md").write_text("of stock-data\n")
    (folder / ".env").write_text("IGNORED=1\n")
    (folder / ".env").chmod(0o600)
    (folder / "src/app/__pycache__").mkdir()
    (folder / "src/app/__pycache__/x.pyc").write_bytes(b"x")
    (folder / "link").symlink_to("own.md")
    said = cli(*RENAME, "stock-data", "goods-store", cwd=stocked).ok()
    new = stocked / NEW
    assert (new / "README.md").read_text().startswith("# goods-store")
    assert (new / "README.md").read_text().endswith("mine\n")
    assert (new / "src/app/errors.py").read_text().endswith("# not committed\n")
    assert (new / "own.md").read_text() == "own\n"
    assert stat.S_IMODE((new / "own.md").stat().st_mode) == 0o600
    assert stat.S_IMODE((new / "README.md").stat().st_mode) == 0o660
    assert (new / ".env").read_text() == "IGNORED=1\n"
    assert stat.S_IMODE((new / ".env").stat().st_mode) == 0o600
    assert (new / "link").readlink() == Path("own.md")
    assert not (new / "alembic.ini").exists()
    assert not folder.exists()
    assert f"The old name is still in: {NEW}/new.md:1." in said.stderr


def test_a_conflict_with_an_edit_changes_nothing(cli: Cli, stocked: Path) -> None:
    readme = stocked / OLD / "README.md"
    readme.write_text(readme.read_text().replace("# stock-data", "# Our stock"))
    before = read_tree(stocked)
    refused = cli(*RENAME, "stock-data", "goods-store", "--json", cwd=stocked)
    assert refused.code == 3
    files = {file["path"]: file["outcome"] for file in refused.json()["files"]}
    assert files[f"{NEW}/README.md"] == "conflict"
    assert read_tree(stocked) == before


@pytest.mark.parametrize("name", ["stock-api", "fastapi", "Stock_Data", "stock-data", "shared"])
def test_a_name_that_cannot_be_had_is_refused(cli: Cli, stocked: Path, name: str) -> None:
    before = read_tree(stocked)
    cli(*RENAME, "stock-data", name, cwd=stocked).failed(2)
    assert read_tree(stocked) == before


def test_a_look_writes_nothing_and_its_diff_is_one_that_git_applies(
    cli: Cli, stocked: Path
) -> None:
    before = read_tree(stocked, leave_out=())
    assert (
        "goods-store"
        in cli("rename-service", "stock-data", "goods-store", "-n", cwd=stocked).ok().stdout
    )
    diff = cli("rename-service", "stock-data", "goods-store", "--diff", cwd=stocked).ok().stdout
    assert read_tree(stocked, leave_out=()) == before
    patch = stocked.parent / "patch"
    patch.write_text(diff)
    git(stocked, "apply", "--check", str(patch))
    assert not any(value in diff for value in values(stocked).values() if len(value) > 20)


def test_it_is_taken_back_to_the_last_byte(cli: Cli, stocked: Path) -> None:
    before = read_tree(stocked)
    cli(*RENAME, "stock-data", "goods-store", cwd=stocked).ok()
    cli("undo", cwd=stocked).ok()
    assert differences(read_tree(stocked), before) == []
    assert git(stocked, "status", "--porcelain") == ""


@pytest.mark.slow
def test_killed_on_the_way_the_workspace_is_as_before_or_complete(
    cli: Cli, stocked: Path, tmp_path: Path
) -> None:
    words = (*RENAME, "stock-data", "goods-store")
    before = read_tree(stocked)
    made = steps_of_a_whole_run(cli, stocked, words)
    after = read_tree(stocked.parent / "counted")
    begun = next(n for n, step in enumerate(made, 1) if step.endswith(" 'journal')"))
    ended = next(n for n, step in enumerate(made, 1) if step.startswith("rename ('journal', "))
    for step in (begun, begun + 1, (begun + ended) // 2, ended - 1, ended):
        trial = tmp_path / f"killed-{step}"
        shutil.copytree(stocked, trial, symlinks=True)
        done = subprocess.run(
            [sys.executable, "-c", SUICIDE, str(step), *words],
            cwd=trial, env=cli.env(), capture_output=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == -signal.SIGKILL
        cli("sync", cwd=trial).ok()
        found = read_tree(trial)
        # Where the change is complete, sync finds nothing to do; where not, it takes it back.
        assert differences(found, after) == [] or differences(found, before) == [], step
        shutil.rmtree(trial)
