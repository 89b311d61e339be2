"""`generator update` brings a newer release into edited services, or leaves all as it was."""

import shutil
import subprocess
import sys
from pathlib import Path

from generator.rendering.trees import read_tree
from tests.support.checkout import git
from tests.support.cli import Cli

UPDATE = ("update", "--no-verify", "--no-lock")
MODEL = "services/users-data/src/app/users/model.py"
PAGING = "services/users-data/src/app/paging.py"
PAGES = "services/users-data/src/app/pages.py"


def commit(shop: Path) -> None:
    git(shop, "add", "--all")
    git(shop, "commit", "--quiet", "-m", "Edit")


def prepend(path: Path, line: str) -> None:
    path.write_text(f"{line}\n{path.read_text()}")


def version_of(folder: Path) -> str:
    lines = (folder / ".copier-answers.yml").read_text().splitlines()
    return next(line for line in lines if line.startswith("_commit")).removeprefix("_commit: ")


def test_the_whole_workspace_goes_to_the_next_release_and_edits_survive(
    second: Cli, shop: Path
) -> None:
    prepend(shop / PAGING, "# mine")
    (shop / "services/users-data/own.md").write_text("own\n")
    commit(shop)
    said = second(*UPDATE, cwd=shop).ok().stdout
    assert "users-data: v0.1.0 → v0.2.0" in said
    assert f"renamed  {PAGES} (was {PAGING})" in said
    assert (shop / PAGES).read_text().startswith("# mine\n")
    assert not (shop / PAGING).exists()
    assert (shop / MODEL).read_text().endswith("# The second release.\n")
    assert (shop / "services/media-worker/NOTES.md").is_file()
    assert "second:" in (shop / "Makefile").read_text()
    assert (shop / "services/users-data/own.md").read_text() == "own\n"
    folders = ("", "services/users-data", "services/media-worker")
    assert {version_of(shop / folder) for folder in folders} == {"v0.2.0"}


def test_the_second_time_there_is_nothing_to_do(second: Cli, shop: Path) -> None:
    second(*UPDATE, cwd=shop).ok()
    before = read_tree(shop)
    commit(shop)
    assert "at this version already" in second(*UPDATE, cwd=shop).ok().stderr
    assert {k: v for k, v in read_tree(shop).items() if ".git/" not in k} == {
        k: v for k, v in before.items() if ".git/" not in k
    }


def test_it_gives_what_a_fresh_render_of_the_next_release_gives(
    second: Cli, shop: Path, tmp_path: Path
) -> None:
    second(*UPDATE, cwd=shop).ok()
    (tmp_path / "fresh").mkdir()
    second("init", "shop", "--no-lock", cwd=tmp_path / "fresh").ok()
    fresh = tmp_path / "fresh/shop"
    second("new-service", "data-postgres", "users-data", "--no-verify", "--no-lock", cwd=fresh).ok()
    for folder in ("services/users-data", "shared"):
        assert read_tree(shop / folder) == read_tree(fresh / folder)


def test_one_service_is_updated_alone(second: Cli, shop: Path) -> None:
    second(*UPDATE, "media-worker", cwd=shop).ok()
    assert version_of(shop / "services/media-worker") == "v0.2.0"
    assert version_of(shop / "services/users-data") == "v0.1.0"
    assert version_of(shop) == "v0.1.0"


def test_an_update_to_a_version_that_is_named_can_go_back(second: Cli, shop: Path) -> None:
    before = read_tree(shop / "services")
    second(*UPDATE, cwd=shop).ok()
    commit(shop)
    second(*UPDATE, "--to", "v0.1.0", cwd=shop).ok()
    assert read_tree(shop / "services") == before


def test_a_conflict_changes_nothing_and_is_exit_3(second: Cli, shop: Path) -> None:
    (shop / MODEL).write_text("mine\n")
    commit(shop)
    before = read_tree(shop)
    refused = second(*UPDATE, "--json", cwd=shop)
    assert refused.code == 3
    files = {file["path"]: file["outcome"] for file in refused.json()["files"]}
    assert files[MODEL] == "conflict"
    assert read_tree(shop) == before


def test_what_is_not_committed_is_never_written_over_and_dirt_elsewhere_is_no_matter(
    second: Cli, shop: Path
) -> None:
    prepend(shop / "services/media-worker/README.md", "dirt elsewhere")
    second(*UPDATE, "users-data", cwd=shop).ok()
    assert (shop / "services/media-worker/README.md").read_text().startswith("dirt elsewhere")
    commit(shop)
    (shop / "services/media-worker/NOTES.md").write_text("mine, not committed\n")
    before = read_tree(shop)
    refused = second(*UPDATE, cwd=shop).failed(3)
    assert "services/media-worker/NOTES.md" in refused.stderr
    assert read_tree(shop) == before


def test_a_file_that_git_ignores_is_not_written_over_either(second: Cli, shop: Path) -> None:
    with (shop / ".gitignore").open("a") as ignored:
        ignored.write("NOTES.md\n")
    commit(shop)
    (shop / "services/media-worker/NOTES.md").write_text("mine, ignored\n")
    refused = second(*UPDATE, cwd=shop).failed(3)
    assert "NOTES.md" in refused.stderr
    assert (shop / "services/media-worker/NOTES.md").read_text() == "mine, ignored\n"


def test_a_dry_run_shows_what_would_be_done_and_writes_nothing(second: Cli, shop: Path) -> None:
    before = read_tree(shop)
    said = second("update", "--dry-run", cwd=shop).ok().stdout
    assert "+ pages.py" in said
    diff = second("update", "--diff", cwd=shop).ok().stdout
    assert "+# The second release." in diff
    assert read_tree(shop) == before
    patch = shop.parent / "patch"
    patch.write_text(diff)
    git(shop, "apply", "--check", str(patch))


def test_a_version_that_there_is_not_is_named(second: Cli, shop: Path) -> None:
    refused = second(*UPDATE, "--to", "v9.9.9", cwd=shop).failed(2)
    assert "v9.9.9" in refused.stderr


def test_a_service_that_there_is_not_is_named(second: Cli, shop: Path) -> None:
    refused = second(*UPDATE, "orders", cwd=shop).failed(2)
    assert "orders" in refused.stderr
    assert "users-data" in refused.stderr


def test_a_workspace_without_a_commit_is_refused(second: Cli, shop: Path) -> None:
    shutil.rmtree(shop / ".git")
    git(shop, "init", "--quiet")
    assert "no commit" in second(*UPDATE, cwd=shop).failed(2).stderr


def test_plain_copier_goes_on_from_an_updated_service(second: Cli, shop: Path) -> None:
    second(*UPDATE, cwd=shop).ok()
    commit(shop)
    before = read_tree(shop / "services/users-data")
    copier = [sys.executable, "-m", "copier", "update", "--defaults", "--quiet"]
    subprocess.run([*copier, "services/users-data"], cwd=shop, check=True, env=second.env())
    assert read_tree(shop / "services/users-data") == before


def test_conflicts_are_written_on_request_and_end_by_continue_or_abort(
    second: Cli, shop: Path
) -> None:
    (shop / MODEL).write_text("mine\n")
    commit(shop)
    before = read_tree(shop)
    said = second(*UPDATE, "users-data", "--resolve", cwd=shop)
    assert said.code == 3
    assert "generator update --continue" in said.stderr
    assert "<<<<<<< yours" in (shop / MODEL).read_text()
    still = second("update", "--continue", "--no-verify", cwd=shop).failed(3)
    assert MODEL in still.stderr
    shutil.copytree(shop, shop.parent / "resolved", symlinks=True)
    second("update", "--abort", cwd=shop).ok()
    assert read_tree(shop) == before

    resolved = shop.parent / "resolved"
    (resolved / MODEL).write_text("mine and theirs\n")
    git(resolved, "add", MODEL)
    ended = second("update", "--continue", "--no-verify", "--json", cwd=resolved).ok().json()
    assert ended["written"]
    assert [each["to"] for each in ended["projects"]] == ["v0.2.0"]
    assert version_of(resolved / "services/users-data") == "v0.2.0"
    assert (resolved / MODEL).read_text() == "mine and theirs\n"


def test_ways_to_end_an_update_exclude_each_other(second: Cli, shop: Path) -> None:
    refused = second("update", "--continue", "--abort", cwd=shop).failed(2)
    assert "--continue and --abort" in refused.stderr


def test_what_renovate_runs_gives_an_untouched_service_what_ours_does(
    second: Cli, shop: Path, tmp_path: Path
) -> None:
    bots = tmp_path / "bots"
    shutil.copytree(shop, bots, symlinks=True)
    second(*UPDATE, cwd=shop).ok()
    words = (
        "update", "--skip-answered", "--defaults", "--answers-file", ".copier-answers.yml",
        "--vcs-ref", "v0.2.0",
    )  # fmt: skip
    for folder in ("services/users-data", "services/media-worker", "."):
        copier = [sys.executable, "-m", "copier", *words]
        subprocess.run(copier, cwd=bots / folder, check=True, env=second.env(), capture_output=True)
        commit(bots)
    for folder in ("services", "shared"):
        assert read_tree(bots / folder) == read_tree(shop / folder)
    assert (bots / "Makefile").read_text() == (shop / "Makefile").read_text()
    second("sync", "--check", cwd=bots).ok()
