"""A person's own settings of git, uv and Copier change nothing of what is rendered or locked."""

import shutil
import subprocess
from pathlib import Path

import pytest

from generator import uv
from generator.rendering.trees import read_tree
from tests.support.checkout import git
from tests.support.cli import Cli

# Each is somebody's real habit; together they used to lose files, change bytes and stop commands.
SETTINGS = """\
[user]
    name = x
    email = x@example.com
[core]
    autocrlf = true
    safecrlf = true
    excludesFile = {folder}/ignored
    attributesFile = {folder}/attributes
    hooksPath = {folder}/hooks
[init]
    templateDir = {folder}/template
    defaultObjectFormat = sha1
[filter "never"]
    clean = false
    required = true
[url "https://oauth2:TOKEN123@git.example.com/"]
    insteadOf = https://git.example.com/
"""
URL = "https://git.example.com/platform/generator.git"


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """The variables of somebody with those settings, whose caches are cold."""
    folder = tmp_path / "settings"
    for place in ("hooks", "template/hooks", "template/info"):
        (folder / place).mkdir(parents=True)
    (folder / "ignored").write_text("env/\nlog*\n*.env\nAGENTS.md\n")
    (folder / "template/info/exclude").write_text("README.md\n")
    (folder / "attributes").write_text("*.py filter=never\n")
    for hook in (
        "hooks/prepare-commit-msg",
        "hooks/reference-transaction",
        "template/hooks/commit-msg",
    ):
        (folder / hook).write_text("#!/bin/sh\nexit 1\n")
        (folder / hook).chmod(0o755)
    (folder / "config").write_text(SETTINGS.format(folder=folder))
    (folder / "copier.yml").write_text(
        "defaults: {owner: somebody-else, description: Mine}\ntrust: [/]\n"
    )
    return {
        "GIT_CONFIG_GLOBAL": str(folder / "config"),
        "COPIER_SETTINGS_PATH": str(folder / "copier.yml"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "GIT_DEFAULT_HASH": "sha256",
        "UV_FROZEN": "1",
        "UV_LOCKED": "1",
    }


def test_a_workspace_is_the_same_under_any_settings(
    checkout: Path, caches: dict[str, str], settings: dict[str, str], tmp_path: Path
) -> None:
    git(tmp_path, "clone", "--quiet", str(checkout), "clone")
    git(tmp_path / "clone", "remote", "set-url", "origin", URL)
    cli = Cli(checkout=tmp_path / "clone", environment=caches)
    trees = []
    for parent, environment in (("usual", {}), ("theirs", settings)):
        (tmp_path / parent).mkdir()
        cli("init", "shop", cwd=tmp_path / parent, env=environment).ok()
        committed = tmp_path / parent / "committed"
        git(tmp_path, "clone", "--quiet", str(tmp_path / parent / "shop"), str(committed))
        shutil.rmtree(committed / ".git")
        trees.append(read_tree(committed))
    usual, theirs = trees
    # The lock may name another newest version by the minute; it was made, and that is enough.
    assert usual.pop("uv.lock")
    assert theirs.pop("uv.lock")
    assert usual == theirs
    assert "TOKEN123" not in "".join(theirs.values())
    assert f"_src_path: {URL}\n" in theirs[".copier-answers.yml"]
    # What they add by hand later is not lost either.
    shop = tmp_path / "theirs" / "shop"
    (shop / "shared/src/shared/log_of_mine").mkdir()
    (shop / "shared/src/shared/log_of_mine/a.py").write_text("")
    listed = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        cwd=shop, env=cli.env(settings), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert listed == "?? shared/src/shared/log_of_mine/a.py\n"


def test_a_ref_that_names_no_commit_is_a_word_that_is_off(
    cli: Cli, pristine_workspace: Path
) -> None:
    refused = cli("verify", "--changed", "nosuchref", cwd=pristine_workspace).failed(2)
    assert "nosuchref names no commit" in refused.stderr


def test_uv_reaches_a_repository_over_ssh_as_the_person_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, ssh = tmp_path / "seen", tmp_path / "ssh"
    ssh.write_text(f'#!/bin/sh\necho "$SSH_AUTH_SOCK ${{API_TOKEN:-none}}" > {seen}\nexit 1\n')
    ssh.chmod(0o755)
    for name, value in {
        "GIT_SSH_COMMAND": str(ssh), "SSH_AUTH_SOCK": "/run/agent", "API_TOKEN": "secret",
        "UV_CACHE_DIR": str(tmp_path / "cache"),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.11"\n'
        'dependencies = ["private @ git+ssh://git@git.example.com/private.git"]\n'
    )
    assert uv.lock(tmp_path)
    assert seen.read_text() == "/run/agent none\n"
