"""Workspaces made with a checkout whose fastapi template is a stand-in of four small files."""

import shutil
from pathlib import Path

import pytest

from tests.support.checkout import commit_version, copy_project, git
from tests.support.cli import Cli

STAND_IN = Path(__file__).with_name("stand_in")


@pytest.fixture(scope="session")
def linking_cli(tmp_path_factory: pytest.TempPathFactory, caches: dict[str, str]) -> Cli:
    """The command line of such a checkout: what links do must not hang on a template's files."""
    checkout = tmp_path_factory.mktemp("linking") / "generator"
    copy_project(checkout)
    shutil.rmtree(checkout / "templates/fastapi", ignore_errors=True)
    shutil.copytree(STAND_IN, checkout / "templates/fastapi")
    git(checkout, "init", "--quiet", "--initial-branch=main")
    commit_version(checkout, "v0.1.0")
    return Cli(checkout=checkout, environment=caches)


@pytest.fixture(scope="session")
def _one_data_service(linking_cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    parent = tmp_path_factory.mktemp("linked")
    linking_cli("init", "shop", "--no-lock", cwd=parent).ok()
    linking_cli(
        "new-service", "data-postgres", "users-data", "--no-verify", "--no-lock",
        cwd=parent / "shop",
    ).ok()  # fmt: skip
    return parent / "shop"


@pytest.fixture
def shop(_one_data_service: Path, tmp_path: Path) -> Path:
    """A workspace of the test's own, with users-data in it."""
    shutil.copytree(_one_data_service, tmp_path / "shop", symlinks=True)
    return tmp_path / "shop"


@pytest.fixture(scope="session")
def _one_link(
    linking_cli: Cli, _one_data_service: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("linked") / "shop"
    shutil.copytree(_one_data_service, folder, symlinks=True)
    linking_cli(
        "new-service", "fastapi", "users-api", "--data-service", "users-data", "--no-verify",
        "--no-lock", cwd=folder,
    ).ok()  # fmt: skip
    return folder


@pytest.fixture
def linked_shop(_one_link: Path, tmp_path: Path) -> Path:
    """A workspace of the test's own, in which users-api calls users-data."""
    shutil.copytree(_one_link, tmp_path / "linked" / "shop", symlinks=True)
    return tmp_path / "linked" / "shop"
