"""`generator new-service --data-service --with` links a service to the data that it calls."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from generator.rendering.trees import read_tree
from tests.support.cli import Cli, completions
from tests.support.compose import ask_compose

API = ("new-service", "fastapi", "users-api", "--no-verify", "--no-lock")
MORE = ("new-service", "fastapi", "more-api", "--no-verify", "--no-lock")
LINKED = (*API, "--data-service", "users-data")


def variables(shop: Path, service: str) -> dict[str, str]:
    lines = (shop / f"wiring/env/{service}.env").read_text().splitlines()
    return {
        name: value.strip('"')
        for name, _, value in (line.partition("=") for line in lines if "=" in line)
    }


def test_a_link_is_recorded_and_wired_on_both_sides(linking_cli: Cli, shop: Path) -> None:
    linking_cli(*LINKED, "--with", "cache,auth", cwd=shop).ok()
    answers = yaml.safe_load((shop / "services/users-api/.copier-answers.yml").read_text())
    assert (answers["data_service"], answers["features"]) == ("users-data", ["auth", "cache"])
    api, data = variables(shop, "users-api"), variables(shop, "users-data")
    assert api["DATA_SERVICE_URL"] == "http://users-data:8000"
    assert "${USERS_API__USERS_DATA__API_KEY:?" in api["DATA_SERVICE_API_KEY"]
    assert "users-api=${USERS_API__USERS_DATA__API_KEY:?" in data["API_KEYS"]
    assert data["CREDENTIALS_READERS"] == "users-api"
    assert api["REDIS_PREFIX"] == "users-api:"
    secrets = (shop / ".env").read_text()
    assert "${CACHE_REDIS_PASSWORD:?" in api["CACHE_REDIS_URL"]
    for name in (
        "USERS_API__USERS_DATA__API_KEY",
        "USERS_API__JWT_SECRET",
        "REDIS_PASSWORD",
        "CACHE_REDIS_PASSWORD",
    ):
        [line] = [line for line in secrets.splitlines() if line.startswith(f"{name}=")]
        assert len(line.partition("=")[2]) >= 32
    linking_cli("sync", "--check", cwd=shop).ok()


def test_compose_starts_the_provider_first_and_gives_both_the_same_key(
    linking_cli: Cli, shop: Path
) -> None:
    linking_cli(*LINKED, "--with", "auth", cwd=shop).ok()
    answer = ask_compose(shop)
    assert answer.code == 0, answer.complaint
    api, data = answer.services["users-api"], answer.services["users-data"]
    waits = {name: how["condition"] for name, how in api["depends_on"].items()}
    assert waits == {"users-data": "service_healthy", "redis": "service_healthy"}
    assert set(api["networks"]) & set(data["networks"]) == {"default"}
    key = api["environment"]["DATA_SERVICE_API_KEY"]
    assert f"users-api={key}" in data["environment"]["API_KEYS"].split(",")
    password = answer.services["redis"]["environment"]["REDISCLI_AUTH"]
    assert api["environment"]["REDIS_URL"] == f"redis://:{password}@redis:6379/0"


def test_without_features_there_is_no_redis_and_no_secret_of_its_own(
    linking_cli: Cli, shop: Path
) -> None:
    linking_cli(*API, "--data", "data_service=users_data", cwd=shop).ok()
    assert set(variables(shop, "users-api")) == {"DATA_SERVICE_URL", "DATA_SERVICE_API_KEY"}
    assert "redis" not in ask_compose(shop).services
    assert variables(shop, "users-data")["CREDENTIALS_READERS"] == ""


REFUSED: tuple[tuple[Sequence[str], str, str], ...] = (
    (MORE, "A fastapi service calls a data service, and none is named.", "Add --data-service"),
    (
        (*MORE, "--data-service", "users-dta"),
        "There is no data service 'users-dta' here.",
        "Did you mean users-data? Data services: users-data.",
    ),
    (
        (*MORE, "--data-service", "users-api"),
        "users-api is a fastapi service and holds no data.",
        "Data services: users-data.",
    ),
    (
        (*MORE, "--data-service", "users-data", "--with", "auht"),
        "A fastapi service has no feature 'auht'.",
        "Did you mean auth? Features: auth, cache, events, tasks.",
    ),
    (
        ("new-service", "data-postgres", "more-data", "--no-verify", "--with", "cache"),
        "A data-postgres service has no feature 'cache'.",
        "Features: outbox.",
    ),
    (
        ("new-service", "data-postgres", "more-data", "--data-service", "users-data"),
        "A data-postgres service calls no data service.",
        "Leave --data-service out.",
    ),
)


@pytest.mark.parametrize(("words", "cause", "cure"), REFUSED, ids=[case[1] for case in REFUSED])
def test_what_cannot_be_linked_is_refused_before_anything_is_written(
    linking_cli: Cli, linked_shop: Path, words: Sequence[str], cause: str, cure: str
) -> None:
    before = read_tree(linked_shop)
    refused = linking_cli(*words, cwd=linked_shop).failed(2)
    assert f"error: {cause}" in refused.stderr
    assert cure in refused.stderr
    after = read_tree(linked_shop)
    assert {path for path in after.keys() ^ before.keys() if ".generator" not in path} == set()


def test_in_an_empty_workspace_the_first_step_is_named(linking_cli: Cli, shop: Path) -> None:
    shutil.rmtree(shop / "services/users-data")
    refused = linking_cli(*LINKED, cwd=shop).failed(2)
    assert "generator new-service data-postgres users-data" in refused.stderr


MISSING = "The service users-api calls users-data, but there is no such service."


@pytest.mark.parametrize(
    "words",
    [
        ("sync",),
        ("sync", "--check"),
        ("verify",),
        ("verify", "users-api"),
        ("new-service", "data-postgres", "more-data", "--no-verify", "--no-lock"),
    ],
    ids=" ".join,
)
def test_a_provider_that_was_deleted_is_missed_by_name(
    linking_cli: Cli, linked_shop: Path, words: tuple[str, ...]
) -> None:
    shop = linked_shop
    shutil.rmtree(shop / "services/users-data")
    wiring = read_tree(shop / "wiring")
    refused = linking_cli(*words, cwd=shop).failed(1)
    assert f"error: {MISSING}" in refused.stderr
    assert "services/users-api/.copier-answers.yml" in refused.stderr
    assert read_tree(shop / "wiring") == wiring
    assert not (shop / "services/more-data").exists()


def test_a_provider_that_is_made_again_heals_the_link(linking_cli: Cli, linked_shop: Path) -> None:
    shop = linked_shop
    shutil.rmtree(shop / "services/users-data")
    data = ("new-service", "data-postgres", "users-data", "--no-verify", "--no-lock")
    linking_cli(*data, cwd=shop).ok()
    linking_cli("sync", "--check", cwd=shop).ok()


@pytest.mark.parametrize(
    ("words", "offered", "withheld"),
    [
        ("new-service fastapi orders-api --data-service ", ["users-data"], ["users-api"]),
        ("new-service fastapi orders-api --with ", ["auth", "cache"], ["users-data"]),
        ("new-service fastapi orders-api --with auth,c", ["auth,cache"], ["auth,auth"]),
        ("new-service data-postgres more-data --with ", [], ["auth", "cache"]),
        ("verify users", ["users-api", "users-data"], ["shared"]),
    ],
)
def test_completion_offers_what_can_be_linked(
    linking_cli: Cli, linked_shop: Path, words: str, offered: list[str], withheld: list[str]
) -> None:
    shown = completions(linking_cli, words, cwd=linked_shop)
    assert set(offered) <= set(shown), shown
    assert not set(withheld) & set(shown)
