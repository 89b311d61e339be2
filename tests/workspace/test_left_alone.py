"""A service whose template's facts cannot be read here is left alone, and blocks nothing."""

import shutil
from pathlib import Path

import pytest

from generator.rendering.trees import read_tree
from tests.support.checkout import git
from tests.support.cli import Cli
from tests.support.compose import ask_compose

ORDERS = ("new-service", "data-postgres", "orders-data", "--no-verify", "--no-lock")
# What a machine without these servers checks as well.
ONLY = ("--only", "lint,rules", "--json")


@pytest.fixture(scope="module")
def _foreign(linking_cli: Cli, _one_link: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("foreign") / "shop"
    shutil.copytree(_one_link, folder, symlinks=True)
    linking_cli(
        "new-service", "fastapi", "login-api", "--data-service", "users-data", "--with", "auth",
        "--no-verify", "--no-lock", cwd=folder,
    ).ok()  # fmt: skip
    linking_cli(*ORDERS[:2], "files-data", *ORDERS[3:], cwd=folder).ok()
    for name in ("login-api", "files-data"):
        manifest = folder / "services" / name / "template.yml"
        manifest.write_text(manifest.read_text().replace("schema: 1", "schema: 2"))
    (folder / "services/users-api/template.yml").unlink()
    return folder


@pytest.fixture
def shop(_foreign: Path, tmp_path: Path) -> Path:
    """A workspace where only users-data can be judged; the others were wired before."""
    shutil.copytree(_foreign, tmp_path / "shop", symlinks=True)
    return tmp_path / "shop"


def test_what_is_wired_of_it_stays(linking_cli: Cli, shop: Path) -> None:
    before = read_tree(shop / "wiring")
    done = linking_cli("sync", cwd=shop).ok()
    assert "Left alone: users-api" in done.stderr
    assert "services/users-api/template.yml is missing" in done.stderr
    assert "schema is 2, and this generator knows 1" in done.stderr
    after = read_tree(shop / "wiring")
    # Only what is for people to read, and the list of secrets, has rows of judged services alone.
    told = {"architecture.md", "architecture.svg", "catalog-info.yaml", "secrets.env.example"}
    assert {path for path in before if before[path] != after.get(path)} <= told
    assert after.keys() == before.keys()
    linking_cli("sync", "--check", cwd=shop).ok()
    assert ask_compose(shop).services.keys() >= {"users-api", "login-api", "files-data", "redis"}


def test_others_are_added_and_wired(linking_cli: Cli, shop: Path) -> None:
    before = read_tree(shop / "services")
    linking_cli(*ORDERS, cwd=shop).ok()
    after = read_tree(shop / "services")
    assert {path: after[path] for path in before} == before
    # Their ports are taken all the same.
    services = linking_cli("list", "--json", cwd=shop).ok().json()["services"]
    assert len({service["port"] for service in services}) == len(services) == 5
    assert "services/orders-data/compose.yaml" in (shop / "wiring/compose.yaml").read_text()


def test_machines_are_told_as_well(linking_cli: Cli, shop: Path) -> None:
    document = linking_cli("sync", "--dry-run", "--json", cwd=shop).ok().json()
    assert [one["service"] for one in document["left_alone"]] == [
        "files-data", "login-api", "users-api"
    ]  # fmt: skip


def test_verify_says_that_it_did_not_run(linking_cli: Cli, shop: Path) -> None:
    git(shop, "add", "--all")
    outcome = linking_cli("verify", "users-api", *ONLY, cwd=shop).ok()
    [subject] = outcome.json()["subjects"]
    assert subject["name"] == "users-api"
    [check] = subject["checks"]
    assert (check["outcome"], check["reason"][:11]) == ("not_run", "left alone:")
    assert linking_cli("verify", "users-api", *ONLY, "--strict", cwd=shop).code == 1
