"""Features come and go, and links lead elsewhere, with everything that people wrote."""

from pathlib import Path

import pytest

from generator.rendering.trees import differences, read_tree
from tests.lifecycle.conftest import commit
from tests.support.cli import Cli

LIGHT = ("--no-verify", "--no-lock")
API = "services/users-api"
CACHE = f"{API}/src/app/cache/settings.py"
WORKER = "services/media-worker"


def test_a_feature_that_comes_and_goes_leaves_the_workspace_as_it_was(cli: Cli, shop: Path) -> None:
    with (shop / API / "src/app/errors.py").open("a") as errors:
        errors.write("# mine, not committed\n")
    before = read_tree(shop)
    said = cli("add-feature", "users-api", "auth", "events", *LIGHT, cwd=shop).ok()
    assert "add-feature users-api auth events" in said.stdout
    after = read_tree(shop)
    assert (shop / API / "src/app/auth/tokens.py").is_file()
    assert "USERS_API__JWT_SECRET=" in (shop / ".env").read_text()
    assert "RABBITMQ_PASSWORD=" in (shop / ".env").read_text()
    assert (shop / API / "src/app/errors.py").read_text().endswith("# mine, not committed\n")
    cli("sync", "--check", cwd=shop).ok()
    cli("remove-feature", "users-api", "events", "auth", *LIGHT, cwd=shop).ok()
    assert differences(read_tree(shop), before) == []
    cli("undo", cwd=shop).ok()
    assert differences(read_tree(shop), after) == []


def test_it_gives_what_a_service_gives_that_was_made_with_it(cli: Cli, shop: Path) -> None:
    cli("add-feature", "users-api", "tasks", *LIGHT, cwd=shop).ok()
    grown = read_tree(shop / API)
    cli("remove-service", "users-api", "--no-lock", "--force", cwd=shop).ok()
    cli(
        "new-service", "fastapi", "users-api", "--data-service", "users-data", "--with",
        "cache,tasks", *LIGHT, cwd=shop,
    ).ok()  # fmt: skip
    assert differences(read_tree(shop / API), grown) == []


@pytest.mark.parametrize("committed", [True, False])
def test_what_cannot_be_removed_without_losing_what_a_person_wrote_is_a_conflict(
    cli: Cli, shop: Path, *, committed: bool
) -> None:
    with (shop / CACHE).open("a") as settings:
        settings.write("# mine\n")
    if committed:
        commit(shop)
    before = read_tree(shop)
    refused = cli("remove-feature", "users-api", "cache", *LIGHT, cwd=shop)
    assert refused.code == 3
    assert CACHE in refused.stdout
    assert "nothing was written" in refused.stderr
    assert read_tree(shop) == before


def test_a_file_that_git_ignores_is_not_written_over(cli: Cli, shop: Path) -> None:
    with (shop / ".gitignore").open("a") as ignored:
        ignored.write("tokens.py\n")
    (shop / API / "src/app/auth").mkdir()
    (shop / API / "src/app/auth/tokens.py").write_text("mine\n")
    refused = cli("add-feature", "users-api", "auth", *LIGHT, cwd=shop).failed(3)
    assert f"{API}/src/app/auth/tokens.py" in refused.stderr
    assert (shop / API / "src/app/auth/tokens.py").read_text() == "mine\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add-feature", "users-api", "cache"), "has the feature cache already"),
        (("remove-feature", "users-api", "auth"), "does not have the feature 'auth'"),
        (("add-feature", "users-api", "cash"), "Did you mean cache?"),
        (("add-feature", "users-data", "cache"), "outbox"),
        (("add-feature", "orders", "cache"), "no service 'orders'"),
        (("relink", "users-api", "data_service", "users-data"), "leads to users-data already"),
        (("relink", "users-api", "data", "users-data"), "no link 'data'"),
        (("relink", "users-api", "data_service", "media-worker"), "holds no data"),
        (("relink", "users-api", "data_service", "--none"), "none is named"),
        (("relink", "users-api", "data_service"), "Say whom it calls"),
        (("relink", "users-data", "data_service", "users-data"), "no link"),
    ],
)
def test_words_that_fit_nothing_are_refused_in_one_line(
    cli: Cli, shop: Path, words: tuple[str, ...], told: str
) -> None:
    before = read_tree(shop)
    assert told in cli(*words, *LIGHT, cwd=shop).failed(2).stderr
    assert read_tree(shop) == before


def test_a_link_leads_to_another_service_with_a_key_of_its_own(cli: Cli, shop: Path) -> None:
    cli("new-service", "data-postgres", "other-data", *LIGHT, cwd=shop).ok()
    with (shop / WORKER / "README.md").open("a") as readme:
        readme.write("mine\n")
    before = read_tree(shop)
    said = cli("relink", "media-worker", "data_service", "other-data", *LIGHT, cwd=shop).ok()
    env = (shop / ".env").read_text()
    assert "MEDIA_WORKER__OTHER_DATA__API_KEY=" in env
    assert "MEDIA_WORKER__USERS_DATA__API_KEY" not in env
    assert "Removed from .env: MEDIA_WORKER__USERS_DATA__API_KEY" in said.stdout
    assert "other-data:" in (shop / WORKER / "compose.yaml").read_text()
    assert (shop / WORKER / "README.md").read_text().endswith("mine\n")
    assert "media-worker" not in (shop / "wiring/env/users-data.env").read_text()
    cli("sync", "--check", cwd=shop).ok()
    cli("undo", cwd=shop).ok()
    assert differences(read_tree(shop), before) == []


def test_a_look_writes_nothing(cli: Cli, shop: Path) -> None:
    before = read_tree(shop, leave_out=())
    for option in ("--dry-run", "--diff"):
        said = cli("add-feature", "users-api", "auth", option, cwd=shop).ok()
        assert "tokens.py" in said.stdout
    document = cli("remove-feature", "users-api", "cache", "-n", "--json", cwd=shop).ok().json()
    assert CACHE in {row["path"] for row in document["changes"]}
    assert read_tree(shop, leave_out=()) == before


@pytest.mark.slow
def test_a_red_result_is_not_written_and_a_green_one_is(cli: Cli, workspace: Path) -> None:
    for words in (
        ("data-postgres", "users-data"),
        ("fastapi", "users-api", "--data-service", "users-data", "--no-example"),
    ):
        cli("new-service", *words, "--no-verify", cwd=workspace).ok()
    wrong = workspace / API / "tests/test_mine.py"
    wrong.write_text('"""Mine."""\n\n\ndef test_mine() -> None:\n    assert not "mine"\n')
    before = read_tree(workspace)
    red = cli("add-feature", "users-api", "cache", cwd=workspace)
    assert red.code == 1, red.stderr
    assert "nothing was written" in red.stderr
    assert differences(read_tree(workspace), before) == []
    wrong.unlink()
    cli("add-feature", "users-api", "cache", cwd=workspace).ok()
    assert (workspace / CACHE).is_file()
