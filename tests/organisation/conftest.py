"""A platform team's own repository of templates, and a workspace that may use it."""

import shutil
from pathlib import Path

import pytest

from tests.support.checkout import PROJECT, commit_version, git
from tests.support.cli import Cli

# The team's files; its tests are the rendered service's, not ours.
collect_ignore = ["repository"]
REPOSITORY = Path(__file__).with_name("repository")


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """The team's repository with one release, v1.0.0; our partials are copied into it."""
    shutil.copytree(REPOSITORY, tmp_path / "templates")
    partials = "templates/_shared/partials"
    shutil.copytree(PROJECT / partials, tmp_path / "templates" / partials)
    git(tmp_path / "templates", "init", "--quiet", "--initial-branch=main")
    commit_version(tmp_path / "templates", "v1.0.0")
    return tmp_path / "templates"


@pytest.fixture
def person(cli: Cli, tmp_path: Path) -> Cli:
    """The command line of a person who trusts nothing yet and has fetched nothing."""
    own = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    return Cli(checkout=cli.checkout, environment={**cli.environment, **own})


@pytest.fixture
def colleague(cli: Cli, tmp_path: Path) -> Cli:
    """The command line of somebody else, on another machine."""
    own = {"XDG_CONFIG_HOME": str(tmp_path / "theirs"), "XDG_CACHE_HOME": str(tmp_path / "their")}
    return Cli(checkout=cli.checkout, environment={**cli.environment, **own})
