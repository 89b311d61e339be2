"""A service goes whole, with all that it brought and nothing that a person wrote."""

from pathlib import Path

import pytest

from generator.rendering.trees import differences, read_tree
from tests.lifecycle.conftest import commit
from tests.support.cli import Cli

REMOVE = ("remove-service", "--no-lock")
API = "services/users-api"


@pytest.mark.slow
def test_what_new_services_brought_goes_to_the_last_byte_lock_and_secrets_included(
    cli: Cli, workspace: Path
) -> None:
    trees = [read_tree(workspace)]
    for words in (
        ("data-postgres", "users-data"),
        ("worker", "media-worker", "--data-service", "users-data"),
    ):
        cli("new-service", *words, "--no-verify", cwd=workspace).ok()
        trees.append(read_tree(workspace))
        assert {"uv.lock", ".env"} <= set(differences(trees[-1], trees[-2]))
    for name in ("media-worker", "users-data"):
        trees.pop()
        cli("remove-service", name, cwd=workspace).ok()
        assert differences(read_tree(workspace), trees[-1]) == []
    assert not (workspace / "services").exists()


def test_it_stays_while_others_call_it_and_they_are_named(cli: Cli, shop: Path) -> None:
    before = read_tree(shop)
    refused = cli(*REMOVE, "users-data", "--force", cwd=shop).failed(3)
    assert "media-worker, users-api call users-data" in refused.stderr
    assert read_tree(shop) == before


def test_what_its_template_does_not_give_back_stops_it_until_it_is_forced(
    cli: Cli, shop: Path
) -> None:
    (shop / API / "src/app/errors.py").write_text("mine\n")
    (shop / API / "own.md").write_text("own\n")
    commit(shop)
    (shop / API / "README.md").write_text("mine, not committed\n")
    (shop / API / ".env").write_text("IGNORED=mine\n")
    (shop / API / "src/app/__pycache__").mkdir()
    (shop / API / "src/app/__pycache__/errors.pyc").write_bytes(b"made by Python")
    before = read_tree(shop)
    refused = cli(*REMOVE, "users-api", cwd=shop).failed(3)
    assert f"not in any commit: {API}/.env, {API}/README.md;" in refused.stderr
    assert f"and committed: {API}/own.md, {API}/src/app/errors.py)" in refused.stderr
    assert "--force" in refused.stderr
    assert read_tree(shop) == before
    gone = cli(*REMOVE, "users-api", "--force", "--json", cwd=shop).ok().json()
    assert gone["not_committed"] == [f"{API}/.env", f"{API}/README.md"]
    assert not (shop / API).exists()
    cli("undo", cwd=shop).ok()
    assert differences(read_tree(shop), before) == []


def test_a_secret_that_a_person_filled_in_is_not_thrown_away(cli: Cli, shop: Path) -> None:
    cli(
        "new-service", "aiogram", "help-bot", "--data-service", "users-data", "--no-verify",
        "--no-lock", cwd=shop,
    ).ok()  # fmt: skip
    env = shop / ".env"
    env.write_text(env.read_text().replace("TELEGRAM_TOKEN=", "TELEGRAM_TOKEN=1:mine"))
    refused = cli(*REMOVE, "help-bot", cwd=shop).failed(3)
    assert "filled in in .env: HELP_BOT__TELEGRAM_TOKEN" in refused.stderr
    assert "1:mine" in env.read_text()
    assert "1:mine" not in refused.stderr


def test_a_repository_inside_is_never_removed(cli: Cli, shop: Path) -> None:
    (shop / API / "vendored/.git").mkdir(parents=True)
    (shop / API / "vendored/.git/HEAD").write_text("ref")
    refused = cli(*REMOVE, "users-api", "--force", cwd=shop).failed(3)
    assert "a git repository of its own" in refused.stderr
    assert (shop / API / "vendored/.git/HEAD").read_text() == "ref"


def test_the_others_are_wired_as_if_it_had_never_been(cli: Cli, shop: Path) -> None:
    for kind in ("envs", "verified", "up/envs", "up/cache"):
        (shop / f".generator/{kind}/users-api").mkdir(parents=True)
    said = cli(*REMOVE, "users-api", cwd=shop).ok()
    assert "CACHE_REDIS_PASSWORD" in said.stdout
    assert not (shop / API).exists()
    assert not list((shop / ".generator").rglob("users-api"))
    assert "users-api" not in "".join(
        text for path, text in read_tree(shop).items() if path.startswith(("wiring/", ".env"))
    )
    cli("sync", "--check", cwd=shop).ok()
    cli("doctor", "--json", cwd=shop)
    assert "leftovers" not in cli("doctor", cwd=shop).stdout


@pytest.mark.parametrize("option", ["--dry-run", "--diff"])
def test_a_look_writes_nothing(cli: Cli, shop: Path, option: str) -> None:
    before = read_tree(shop, leave_out=())
    said = cli("remove-service", "users-api", option, cwd=shop).ok()
    assert "README.md" in said.stdout
    assert "nothing was written" in said.stderr
    document = cli("remove-service", "users-api", "--dry-run", "--json", cwd=shop).ok().json()
    assert f"{API}/README.md" in {row["path"] for row in document["changes"]}
    assert not document["written"]
    assert read_tree(shop, leave_out=()) == before


def test_a_service_that_there_is_not_is_named(cli: Cli, shop: Path) -> None:
    assert "orders" in cli(*REMOVE, "orders", cwd=shop).failed(2).stderr
