"""The last command that changed a workspace is taken back, secrets included."""

import stat
from pathlib import Path

from generator.rendering.trees import differences, read_tree
from tests.support.checkout import git
from tests.support.cli import Cli

NEW = ("new-service", "data-postgres", "orders-data", "--no-verify", "--no-lock")


def test_a_service_that_was_added_goes_and_comes_back_with_its_secrets(
    cli: Cli, shop: Path
) -> None:
    before = read_tree(shop)
    cli(*NEW, cwd=shop).ok()
    after = read_tree(shop)
    assert "undo: new-service" in cli("undo", cwd=shop).ok().stdout
    assert differences(read_tree(shop), before) == []
    assert stat.S_IMODE((shop / ".env").stat().st_mode) == 0o600
    assert stat.S_IMODE((shop / ".generator/undo").stat().st_mode) == 0o700
    cli("undo", cwd=shop).ok()
    assert differences(read_tree(shop), after) == []


def test_what_was_edited_since_is_listed_whole_and_nothing_is_written(cli: Cli, shop: Path) -> None:
    cli(*NEW, cwd=shop).ok()
    readme = shop / "services/orders-data/README.md"
    readme.write_text("mine")
    with (shop / ".env").open("a") as env:
        env.write("MINE=1\n")
    before = read_tree(shop)
    refused = cli("undo", cwd=shop).failed(3)
    assert ".env, services/orders-data/README.md" in refused.stderr
    assert read_tree(shop) == before


def test_a_look_writes_nothing_and_shows_no_secret(cli: Cli, shop: Path) -> None:
    cli(*NEW, cwd=shop).ok()
    before = read_tree(shop, leave_out=())
    secrets = {line.split("=")[1] for line in (shop / ".env").read_text().splitlines()[1::2]}
    said = cli("undo", "--dry-run", cwd=shop).ok().stdout
    said += cli("undo", "--diff", cwd=shop).ok().stdout
    said += cli("undo", "--dry-run", "--json", cwd=shop).ok().stdout
    assert "- README.md" in said
    assert "ORDERS_DATA_DB_PASSWORD" in said
    assert not any(secret in said for secret in secrets if secret)
    assert read_tree(shop, leave_out=()) == before


def test_a_new_workspace_has_nothing_to_undo_and_neither_has_one_that_forgot(
    cli: Cli, workspace: Path
) -> None:
    assert "nothing to undo" in cli("undo", cwd=workspace).failed(2).stderr
    cli(*NEW, cwd=workspace).ok()
    cli("undo", "--forget", cwd=workspace).ok()
    assert not (workspace / ".generator/undo").exists()
    assert "nothing to undo" in cli("undo", cwd=workspace).failed(2).stderr


def test_a_link_that_was_committed_in_place_of_env_is_not_written_through(
    cli: Cli, shop: Path, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_bytes((shop / ".env").read_bytes())
    (shop / ".env").unlink()
    (shop / ".env").symlink_to(theirs)
    cli(*NEW, cwd=shop).ok()
    held = theirs.read_bytes()
    git(shop, "add", "--force", ".env")
    assert "a link that was committed" in cli("undo", cwd=shop).failed(2).stderr
    assert theirs.read_bytes() == held
    git(shop, "rm", "--quiet", "--cached", ".env")
    cli("undo", cwd=shop).ok()
    assert (shop / ".env").readlink() == theirs
    assert b"ORDERS" not in theirs.read_bytes()
