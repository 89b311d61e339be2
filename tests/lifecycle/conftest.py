"""A committed workspace whose services call each other, and what tests do with it."""

import shutil
from pathlib import Path

import pytest

from tests.support.checkout import git
from tests.support.cli import Cli

SERVICES = (
    ("data-postgres", "users-data"),
    ("fastapi", "users-api", "--data-service", "users-data", "--with", "cache"),
    ("worker", "media-worker", "--data-service", "users-data"),
)


@pytest.fixture(scope="session")
def _shop(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    parent = tmp_path_factory.mktemp("lifecycle")
    cli("init", "shop", "--no-lock", cwd=parent).ok()
    for words in SERVICES:
        cli("new-service", *words, "--no-verify", "--no-lock", cwd=parent / "shop").ok()
    commit(parent / "shop")
    return parent / "shop"


@pytest.fixture
def shop(_shop: Path, tmp_path: Path) -> Path:
    """A workspace of the test's own: users-api and media-worker call users-data."""
    shutil.copytree(_shop, tmp_path / "shop", symlinks=True)
    return tmp_path / "shop"


def commit(shop: Path) -> None:
    """Commit everything as it stands."""
    git(shop, "add", "--all")
    git(shop, "commit", "--quiet", "-m", "As people have it")
