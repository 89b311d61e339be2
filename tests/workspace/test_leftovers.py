"""What services that are gone left behind is named by doctor and removed by doctor --clean."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from generator.rendering.trees import read_tree
from tests.support.cli import Cli


@pytest.fixture
def left(linked_shop: Path) -> Path:
    """A workspace that users-api was removed from by hand, after it had been verified."""
    shutil.rmtree(linked_shop / "services/users-api")
    for kind in ("envs", "cache", "verified"):
        for name in ("users-api", "users-data", "shared"):
            (linked_shop / ".generator" / kind / name / "deep").mkdir(parents=True)
    return linked_shop


def findings(cli: Cli, shop: Path) -> dict[str, str]:
    """What doctor says, by subject."""
    said = cli("doctor", "--json", cwd=shop).json()["findings"]
    return {one["subject"]: one["detail"] for one in said}


def test_what_a_removed_service_left_is_named_and_cleaned(linking_cli: Cli, left: Path) -> None:
    env = left / ".env"
    mine = "# mine: by hand\nTEAM__TOKEN=kept\nMAILER_DB_PASSWORD=kept too\n"
    env.write_text(env.read_text() + mine)
    linking_cli("sync", cwd=left).ok()
    named = findings(linking_cli, left)["leftovers"]
    folders = [f".generator/{kind}/users-api" for kind in ("envs", "cache", "verified")]
    secret = "USERS_API__USERS_DATA__API_KEY"
    assert named == ", ".join([*folders, f"{secret} in .env"])
    before = env.read_text()

    said = linking_cli("doctor", "--clean", cwd=left).ok().stdout
    assert said.splitlines()[: len(folders)] == [f"removed {folder}" for folder in folders]
    after = env.read_text()
    assert secret in before
    assert secret not in after
    assert mine in after
    assert set(after.splitlines()) < set(before.splitlines())
    assert len(before.splitlines()) - len(after.splitlines()) == 2
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert {p.name for p in (left / ".generator/envs").iterdir()} == {"users-data", "shared"}
    assert "leftovers" not in findings(linking_cli, left)
    assert "Nothing was left behind" in linking_cli("doctor", "--clean", cwd=left).ok().stderr


def test_nothing_of_a_whole_workspace_is_left_over(linking_cli: Cli, linked_shop: Path) -> None:
    before = read_tree(linked_shop)
    assert linking_cli("doctor", "--clean", "--json", cwd=linked_shop).ok().json()["removed"] == []
    assert read_tree(linked_shop) == before


def test_a_link_that_stands_for_a_leftover_is_not_followed(
    linking_cli: Cli, left: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_text("mine")
    shutil.rmtree(left / ".generator/envs")
    (left / ".generator/envs").symlink_to(tmp_path)
    (tmp_path / "users-data").mkdir()
    refused = linking_cli("doctor", "--clean", cwd=left).failed(2)
    assert ".generator/envs is a link" in refused.stderr
    assert (tmp_path / "outside/file").read_text() == "mine"


def test_template_versions_that_nobody_uses_leave_the_cache(
    linking_cli: Cli, linked_shop: Path, tmp_path: Path
) -> None:
    here = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    old, new = (tmp_path / "cache/generator/templates" / name for name in ("a" * 40, "b" * 40))
    for folder in (old, new):
        folder.mkdir(parents=True)
    os.utime(old, (1, 1))
    said = linking_cli("doctor", "--clean", "--json", cwd=linked_shop, env=here).ok().json()
    assert said["removed"] == [str(old)]
    assert not old.exists()
    assert new.exists()
