"""A compose service of the user's own is never merged with a rendered one of the same name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.rendering.trees import read_tree
from tests.support.cli import Cli

NEW = ("new-service", "data-postgres", "orders-data", "--no-verify", "--no-lock")
MINE = "services: {%s: {image: busybox}}\n"


def include(shop: Path, entry: str) -> None:
    """Have the root compose file include one thing more."""
    compose = shop / "compose.yaml"
    compose.write_text(f"{compose.read_text()}  - {entry}\n")


def own_service(shop: Path, name: str) -> str:
    """Give the root compose file a service of the user's own; return what errors call the file."""
    compose = shop / "compose.yaml"
    compose.write_text(compose.read_text() + MINE % name)
    return "compose.yaml"


def included_service(shop: Path, name: str) -> str:
    """The same in a file that a file of theirs includes, in both ways to write it."""
    (shop / "ops").mkdir()
    (shop / "ops/all.yaml").write_text("include: [{path: [tools.yaml, ./all.yaml]}]\n")
    (shop / "ops/tools.yaml").write_text(MINE % name)
    include(shop, "${OPS:-ops}/all.yaml")
    return "ops/tools.yaml"


@pytest.mark.parametrize("put", [own_service, included_service])
@pytest.mark.parametrize("name", ["orders-data", "orders-data-migrate"])
def test_a_name_of_the_users_own_is_refused_to_a_new_service(
    linking_cli: Cli, shop: Path, put: Callable[[Path, str], str], name: str
) -> None:
    file = put(shop, name)
    before = read_tree(shop)
    refused = linking_cli(*NEW, cwd=shop).failed(1)
    assert f"{name} is taken twice: by {file} and by the " in refused.stderr
    assert "orders-data" in refused.stderr
    assert read_tree(shop) == before


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("users-data", "the service users-data"),
        ("users-data-migrate", "the migrate step of users-data"),
        ("postgres", "infra/postgres.compose.yaml"),
    ],
)
def test_a_name_that_is_wired_is_refused_to_the_user(
    linking_cli: Cli, shop: Path, name: str, who: str
) -> None:
    file = included_service(shop, name)
    for words in (("sync", "--check"), ("verify", "workspace", "--only", "compose")):
        refused = linking_cli(*words, cwd=shop).failed(1)
        assert f"{name} is taken twice: by {file} and by {who}" in refused.stderr


def test_names_that_nothing_rendered_has_are_the_users(linking_cli: Cli, shop: Path) -> None:
    own_service(shop, "redis")
    changed = "services: {users-data: {labels: {team: users}}}\n"
    (shop / "compose.override.yaml").write_text(changed)
    linking_cli(*NEW, cwd=shop).ok()
    linking_cli("verify", "workspace", "--only", "compose", cwd=shop).ok()


def test_host_ports_of_an_included_file_are_taken_too(linking_cli: Cli, shop: Path) -> None:
    (shop / "mine.yaml").write_text("services: {mail: {image: a, ports: ['8201:80']}}\n")
    include(shop, "mine.yaml")
    linking_cli(*NEW, cwd=shop).ok()
    assert "port: 8202\n" in (shop / "services/orders-data/.copier-answers.yml").read_text()
