"""Fixtures: a checkout, its command line, and a workspace made with it."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from uv import find_uv_bin

from tests.support.checkout import make_checkout
from tests.support.cli import Cli
from tests.support.rendered import Renderer, make_renderer


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An own cache for the generator; uv keeps the machine's, or every test would download."""
    uv_cache = subprocess.run(
        [find_uv_bin(), "cache", "dir"], capture_output=True, text=True, check=True
    ).stdout.strip()
    return {
        "XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache")),
        "UV_CACHE_DIR": uv_cache,
    }


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean, tagged checkout of this project (v0.1.0); read only."""
    return make_checkout(tmp_path_factory.mktemp("checkout") / "generator")


@pytest.fixture(scope="session")
def cli(checkout: Path, caches: dict[str, str]) -> Cli:
    """The command line of the checkout."""
    return Cli(checkout=checkout, environment=caches)


@pytest.fixture(scope="session")
def pristine_workspace(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace `shop` as `generator init` leaves it; read only."""
    parent = tmp_path_factory.mktemp("pristine")
    cli("init", "shop", cwd=parent).ok()
    return parent / "shop"


@pytest.fixture
def workspace(pristine_workspace: Path, tmp_path: Path) -> Path:
    """A workspace `shop` of the test's own, without services."""
    shutil.copytree(pristine_workspace, tmp_path / "shop", symlinks=True)
    return tmp_path / "shop"


@pytest.fixture
def add(cli: Cli) -> Callable[..., None]:
    """Add a service without verifying it: `add(workspace, "users-data")`."""

    def added(workspace: Path, name: str, *arguments: str) -> None:
        cli(
            "new-service", "data-postgres", name, "--no-verify", "--no-lock", *arguments,
            cwd=workspace,
        ).ok()  # fmt: skip

    return added


@pytest.fixture(scope="session")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    """Renders answer sets, each once."""
    return make_renderer(tmp_path_factory.mktemp("rendered"))


@pytest.fixture
def powerless() -> list[str]:
    """Root without the right to write where the mode forbids it; nothing for other users."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--bounding-set=-dac_override"]
