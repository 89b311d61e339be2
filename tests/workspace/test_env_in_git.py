"""Secrets go to a `.env` that git leaves alone; one that git holds is refused and named."""

from collections.abc import Callable
from pathlib import Path

from generator.rendering.trees import read_tree
from tests.support.checkout import git
from tests.support.cli import Cli

NEW = ("new-service", "data-postgres", "users-data", "--no-verify", "--no-lock")


def finding(cli: Cli, workspace: Path) -> dict[str, str]:
    diagnosis = cli("doctor", "--json", cwd=workspace).json()
    [found] = [each for each in diagnosis["findings"] if each["subject"] == ".env"]
    return dict(found)


def test_a_committed_env_file_gets_no_secret(cli: Cli, workspace: Path) -> None:
    (workspace / ".env").write_text("MINE=1\n")
    git(workspace, "add", "--force", ".env")
    before = read_tree(workspace)
    for command in (NEW, (*NEW, "--dry-run")):
        refused = cli(*command, cwd=workspace).failed(2)
        assert "is tracked by git, so the secrets in it would be committed" in refused.stderr
        assert "git rm --cached .env" in refused.stderr
    assert read_tree(workspace) == before
    # What needs no new secret is done all the same.
    cli("sync", cwd=workspace).ok()
    git(workspace, "rm", "--quiet", "--cached", ".env")
    cli(*NEW, cwd=workspace).ok()
    assert (workspace / ".env").read_text().startswith("MINE=1\n")


def test_doctor_names_an_env_file_that_git_holds_or_would_take(
    cli: Cli, workspace: Path, add: Callable[..., None]
) -> None:
    add(workspace, "users-data")
    assert finding(cli, workspace)["state"] == "ok"
    git(workspace, "add", "--force", ".env")
    assert "is tracked by git" in finding(cli, workspace)["detail"]
    git(workspace, "rm", "--quiet", "--cached", ".env")
    ignore = workspace / ".gitignore"
    ignore.write_text("\n".join(x for x in ignore.read_text().splitlines() if ".env" not in x))
    assert "is not ignored by git" in finding(cli, workspace)["detail"]
