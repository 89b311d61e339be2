"""`generator status` says what is behind and what people have edited, and writes nothing."""

from pathlib import Path
from typing import Any

from generator.rendering.trees import read_tree
from tests.support.checkout import git
from tests.support.cli import Cli

MODEL = "src/app/users/model.py"


def projects(cli: Cli, shop: Path, *, code: int = 0) -> dict[str, dict[str, Any]]:
    said = cli("status", "--json", "--check", cwd=shop)
    assert said.code == code, said.stderr
    return {project["name"]: project for project in said.json()["projects"]}


def test_what_is_behind_is_named_with_both_versions(second: Cli, shop: Path) -> None:
    before = read_tree(shop)
    found = projects(second, shop, code=1)
    assert list(found) == ["workspace", "media-worker", "users-data"]
    for project in found.values():
        assert (project["version"], project["target"]) == ("v0.1.0", "v0.2.0")
        assert project["behind"]
        assert (project["edited"], project["deleted"]) == ([], [])
    assert read_tree(shop) == before


def test_after_an_update_nothing_is_behind(second: Cli, shop: Path) -> None:
    second("update", "--no-verify", "--no-lock", cwd=shop).ok()
    assert not any(project["behind"] for project in projects(second, shop).values())


def test_edits_deletions_and_programs_are_told_and_files_of_ones_own_are_not(
    second: Cli, shop: Path
) -> None:
    folder = shop / "services/users-data"
    (folder / MODEL).write_text("mine\n")
    (folder / "README.md").unlink()
    (folder / "Dockerfile").chmod(0o755)
    (folder / "own.md").write_text("own\n")
    (shop / "Makefile").write_text("mine\n")
    found = projects(second, shop, code=1)
    assert found["users-data"]["edited"] == ["Dockerfile", MODEL]
    assert found["users-data"]["deleted"] == ["README.md"]
    assert found["workspace"]["edited"] == ["Makefile"]
    assert found["media-worker"]["edited"] == []


def test_a_version_that_nobody_has_is_told_and_hides_no_other_service(
    second: Cli, shop: Path
) -> None:
    answers = shop / "services/media-worker/.copier-answers.yml"
    answers.write_text(answers.read_text().replace("_commit: v0.1.0", "_commit: v7.7.7"))
    found = projects(second, shop, code=1)
    assert "v7.7.7" in found["media-worker"]["problem"]
    assert found["users-data"]["version"] == "v0.1.0"


def test_wiring_that_drifted_is_a_finding(second: Cli, shop: Path) -> None:
    second("update", "--no-verify", "--no-lock", cwd=shop).ok()
    git(shop, "rm", "--quiet", "--force", "wiring/architecture.md")
    said = second("status", "--check", cwd=shop)
    assert said.code == 1
    assert "wiring/architecture.md" in said.stdout
