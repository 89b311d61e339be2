"""`generator init` makes a whole workspace or nothing."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from uv import find_uv_bin

from generator.rendering.trees import read_tree
from tests.support.checkout import git
from tests.support.cli import Cli


def test_a_new_workspace_is_a_repository_with_one_commit_and_nothing_left_over(
    pristine_workspace: Path,
) -> None:
    assert git(pristine_workspace, "rev-list", "--count", "HEAD") == "1"
    assert git(pristine_workspace, "status", "--porcelain") == ""
    assert "uv.lock" in git(pristine_workspace, "ls-files").splitlines()
    assert [p.name for p in pristine_workspace.parent.iterdir()] == ["shop"]


def test_secrets_are_private_and_unknown_to_git(pristine_workspace: Path) -> None:
    env = pristine_workspace / ".env"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert git(pristine_workspace, "check-ignore", ".env") == ".env"
    committed = git(pristine_workspace, "grep", "-I", "-l", "", "HEAD").replace("HEAD:", "").split()
    secrets = [
        value
        for line in env.read_text().splitlines()
        if "=" in line and not line.startswith("#") and len(value := line.split("=", 1)[1]) >= 16
    ]
    for name in committed:
        text = (pristine_workspace / name).read_text(errors="replace")
        assert not any(secret in text for secret in secrets), name


def test_the_commit_needs_no_identity(cli: Cli, tmp_path: Path) -> None:
    nobody = {
        "HOME": str(tmp_path / "home"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "EMAIL": "",
    }
    (tmp_path / "home").mkdir()
    cli("init", "shop", "--no-lock", cwd=tmp_path, env=nobody).ok()
    assert git(tmp_path / "shop", "rev-list", "--count", "HEAD") == "1"


def test_the_callers_hooks_and_repository_do_not_matter(cli: Cli, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    git(theirs, "init", "--quiet")
    elsewhere = {"GIT_DIR": str(theirs / ".git"), "GIT_WORK_TREE": str(theirs)}
    cli("init", "shop", "--no-lock", cwd=tmp_path, env=elsewhere).ok()
    assert (tmp_path / "shop" / ".git").is_dir()


def test_the_lock_resolves_and_is_current(pristine_workspace: Path) -> None:
    subprocess.run(
        [find_uv_bin(), "lock", "--check", "--offline"], cwd=pristine_workspace, check=True
    )


def test_without_a_bot_services_get_versions_as_if_there_were_no_aiogram(workspace: Path) -> None:
    def pydantic() -> str:
        words = ["export", "--package", "shared", "--extra", "web", "--no-dev", "--no-hashes"]
        done = subprocess.run(
            [find_uv_bin(), *words, "--quiet"],
            cwd=workspace, capture_output=True, text=True, check=True,
        )  # fmt: skip
        [line] = [each for each in done.stdout.splitlines() if each.startswith("pydantic==")]
        return line

    with_telegram = pydantic()
    settings = workspace / "shared" / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    assert text.count('  "aiogram>=') == 1
    lines = text.splitlines(keepends=True)
    settings.write_text("".join(line for line in lines if not line.startswith('  "aiogram>=')))
    (workspace / "uv.lock").unlink()
    assert pydantic() == with_telegram


def test_the_answers_record_a_version_and_no_path_of_a_cache(
    pristine_workspace: Path, checkout: Path
) -> None:
    text = (pristine_workspace / ".copier-answers.yml").read_text()
    assert "_commit: v0.1.0\n" in text
    assert f"_src_path: {checkout}\n" in text


def test_an_origin_is_recorded_instead_of_the_local_path(
    checkout: Path, caches: dict[str, str], tmp_path: Path
) -> None:
    git(tmp_path, "clone", "--quiet", str(checkout), "clone")
    url = "https://git.example/acme/generator.git"
    git(tmp_path / "clone", "remote", "set-url", "origin", url)
    clone = Cli(checkout=tmp_path / "clone", environment=caches)
    clone("init", "shop", "--no-lock", cwd=tmp_path).ok()
    assert f"_src_path: {url}\n" in (tmp_path / "shop" / ".copier-answers.yml").read_text()


def test_a_dry_run_lists_the_files_and_writes_nothing(cli: Cli, tmp_path: Path) -> None:
    left = tmp_path / ".generator-init-left"
    left.mkdir()
    listed = cli("init", "shop", "--dry-run", "--json", cwd=tmp_path).ok().json()
    assert "pyproject.toml" in listed["files"]
    shown = cli("init", "shop", "--dry-run", cwd=tmp_path).ok().stdout
    assert shown.startswith("shop/\n")
    assert "+ pyproject.toml\n" in shown
    diff = cli("init", "shop", "--diff", cwd=tmp_path).ok().stdout
    assert "diff --git a/pyproject.toml b/pyproject.toml\nnew file mode 100644\n" in diff
    assert list(tmp_path.iterdir()) == [left]


@pytest.mark.parametrize("there", ["folder", "file", "link"])
def test_what_is_there_already_is_left_alone(cli: Cli, tmp_path: Path, there: str) -> None:
    place = tmp_path / "shop"
    match there:
        case "folder":
            place.mkdir()
        case "file":
            place.write_text("mine")
        case _:
            place.symlink_to(tmp_path / "nowhere")
    before = read_tree(tmp_path)
    refused = cli("init", "shop", cwd=tmp_path).failed(2)
    assert "is there already" in refused.stderr
    assert read_tree(tmp_path) == before


HOLD = """
import os, sys
from pathlib import Path
from generator.files import staging_folder
with staging_folder(Path(sys.argv[1]), ".generator-init-") as folder:
    print(folder.name, flush=True)
    sys.stdin.read()
"""


def test_leftovers_of_killed_runs_are_swept_by_the_next_whatever_their_number(
    cli: Cli, tmp_path: Path
) -> None:
    # A process's number comes again in every container, so a living one proves nothing.
    for left in (f".generator-init-shop-{os.getpid()}", ".generator-init-other-1"):
        (tmp_path / left / "deep").mkdir(parents=True)
    (tmp_path / ".generator-init-link").symlink_to(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout
        held = running.stdout.readline().strip()
        cli("init", "shop", "--no-lock", cwd=tmp_path).ok()
        assert {p.name for p in tmp_path.iterdir()} == {"shop", held, ".generator-init-link"}
        running.kill()
    cli("init", "other", "--no-lock", cwd=tmp_path).ok()
    assert {p.name for p in tmp_path.iterdir()} == {"shop", "other", ".generator-init-link"}


def test_a_workspace_is_not_made_inside_another_one(cli: Cli, workspace: Path) -> None:
    before = read_tree(workspace)
    refused = cli("init", "other", cwd=workspace / "infra").failed(2)
    assert "inside the workspace shop" in refused.stderr
    assert "generator new-service" in refused.stderr
    assert read_tree(workspace) == before


def test_a_workspace_is_not_made_inside_a_repository_that_would_see_it(
    cli: Cli, tmp_path: Path
) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "apps").mkdir()
    refused = cli("init", "shop", "--no-lock", cwd=tmp_path / "apps").failed(2)
    assert f"a repository inside the one in {tmp_path}" in refused.stderr
    assert list((tmp_path / "apps").iterdir()) == []
    # What the hint says helps.
    (tmp_path / ".gitignore").write_text("/apps/shop/\n")
    cli("init", "shop", "--no-lock", cwd=tmp_path / "apps").ok()
    assert git(tmp_path, "status", "--porcelain") == "?? .gitignore"
