"""A release is one command, and its wheel alone makes, judges and updates workspaces, offline."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator.rendering.trees import read_tree
from tests.support.checkout import git

pytestmark = pytest.mark.slow
UV = (sys.executable, "-m", "uv")
UNCHECKED = ("--no-verify", "--no-lock")
VENV = Path(sys.executable).parent.parent
OFFLINE = {"UV_OFFLINE": "1", "GIT_ALLOW_PROTOCOL": "file", "https_proxy": "http://127.0.0.1:9"}


@pytest.fixture
def clone(checkout: Path, tmp_path: Path) -> Path:
    """A clone with the release v0.1.0 and something new in a template since."""
    git(tmp_path, "clone", "--quiet", str(checkout), "clone")
    clone = tmp_path / "clone"
    git(clone, "remote", "set-url", "origin", "https://git.example.com/acme/generator.git")
    for key, value in (("name", "tests"), ("email", "tests@localhost")):
        git(clone, "config", f"user.{key}", value)
    (clone / "templates/data-postgres/NEWS.md").write_text("# New\n")
    git(clone, "add", "--all")
    git(clone, "commit", "--quiet", "-m", "Add news")
    return clone


def release(clone: Path, version: str) -> "subprocess.CompletedProcess[str]":
    """Run the command as a person does, in the environment that there is already."""
    ready = VENV / ".ready"
    return subprocess.run(
        ["make", "-o", ready, f"VENV={VENV}", "release", f"VERSION={version}"],
        cwd=clone, env={**os.environ, "PYTHONPATH": str(clone)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def install(wheel: Path, venv: Path) -> Path:
    subprocess.run([*UV, "venv", "--quiet", venv], check=True)
    python = venv / "bin/python"
    subprocess.run([*UV, "pip", "install", "--quiet", "--python", python, wheel], check=True)
    return venv / "bin/generator"


def test_a_release_is_tagged_built_and_tried_and_updates_what_the_one_before_made(
    clone: Path, tmp_path: Path
) -> None:
    git(clone, "checkout", "--quiet", "v0.1.0")
    subprocess.run([*UV, "build", "--quiet", "--out-dir", tmp_path / "first", clone], check=True)
    git(clone, "checkout", "--quiet", "main")

    done = release(clone, "0.2.0")
    assert done.returncode == 0, done.stderr
    assert git(clone, "cat-file", "-t", "v0.2.0") == "tag"
    assert git(clone, "status", "--porcelain") == ""
    changelog = (clone / "docs/changelog.md").read_text()
    assert "## [Unreleased]\n\n## [0.2.0] - 20" in changelog
    [wheel] = (clone / "dist").glob("*.whl")
    assert "-0.2.0-" in wheel.name

    [first] = (tmp_path / "first").glob("*.whl")
    old, new = install(first, tmp_path / "old"), install(wheel, tmp_path / "new")
    shutil.rmtree(clone)
    shop = tmp_path / "shop"
    person = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), **OFFLINE}

    def run(program: Path, *words: str, cwd: Path = shop, code: int = 0) -> str:
        ran = subprocess.run(
            [program, *words], cwd=cwd, env=person, capture_output=True, text=True, check=False
        )
        assert ran.returncode == code, ran.stderr
        return ran.stdout

    run(old, "init", "shop", "--no-lock", cwd=tmp_path)
    run(old, "new-service", "data-postgres", "users-data", *UNCHECKED)
    git(shop, "add", "--all")
    git(shop, "commit", "--quiet", "-m", "Add users-data")
    assert "behind v0.2.0" in run(new, "status", "--check", code=1)
    said = run(new, "update", *UNCHECKED)
    assert "users-data: v0.1.0 → v0.2.0" in said
    # The news of the release, out of its changelog.
    assert "\n0.2.0\n" in said
    run(new, "status", "--check")
    assert (shop / "services/users-data/NEWS.md").is_file()

    (tmp_path / "fresh").mkdir()
    run(new, "init", "shop", "--no-lock", cwd=tmp_path / "fresh")
    run(new, "new-service", "data-postgres", "users-data", *UNCHECKED, cwd=tmp_path / "fresh/shop")
    fresh = tmp_path / "fresh/shop/services/users-data"
    assert read_tree(shop / "services/users-data") == read_tree(fresh)


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("0.1.0", "not newer than 0.1.0"), ("one", "name a version"), ("", "name a version"),
        ("0.2.0-rc1", "write 0.2.0-rc1 as 0.2.0rc1"),
    ],
)  # fmt: skip
def test_a_version_that_cannot_be_next_is_refused(clone: Path, version: str, words: str) -> None:
    before = git(clone, "rev-parse", "HEAD")
    refused = release(clone, version)
    assert refused.returncode != 0
    assert words in refused.stderr
    assert git(clone, "rev-parse", "HEAD") == before


def test_what_is_not_committed_or_not_in_the_changelog_is_refused(clone: Path) -> None:
    changelog = clone / "docs/changelog.md"
    changelog.write_text("# Changelog\n\n## [Unreleased]\n\n## [0.1.0]\n\n- All of it.\n")
    assert "not committed" in release(clone, "0.2.0").stderr
    git(clone, "commit", "--quiet", "--all", "-m", "Empty the changelog")
    assert "nothing stands below" in release(clone, "0.2.0").stderr


def test_a_release_whose_wheel_does_not_work_is_taken_back(clone: Path) -> None:
    (clone / "generator/cli/init.py").write_text("raise SystemExit('broken')\n")
    git(clone, "commit", "--quiet", "--all", "-m", "Break it")
    before = git(clone, "rev-parse", "HEAD")
    refused = release(clone, "0.2.0")
    assert refused.returncode != 0
    assert "broken" in refused.stderr
    assert git(clone, "tag", "--list") == "v0.1.0"
    assert git(clone, "rev-parse", "HEAD") == before
    assert git(clone, "status", "--porcelain") == ""
    assert not (clone / "dist").exists()
