"""Two releases of the templates, and a workspace that was made with the first one."""

import shutil
from pathlib import Path

import pytest

from tests.support.checkout import commit_version, copy_project, git
from tests.support.cli import Cli
from tests.support.tiny import tiny

__all__ = ["tiny"]

# What the second release changes: a service's file, a name, the workspace, an added file.
PAGING = "templates/data-postgres/src/app/paging.py"


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of the templates with v0.1.0 and, checked out, v0.2.0; read only."""
    checkout = tmp_path_factory.mktemp("releases") / "generator"
    copy_project(checkout)
    git(checkout, "init", "--quiet", "--initial-branch=main")
    commit_version(checkout, "v0.1.0")
    templates = checkout / "templates"
    model = templates / "data-postgres/src/app/users/model.py"
    model.write_text(f"{model.read_text()}# The second release.\n")
    git(checkout, "mv", PAGING, PAGING.replace("paging", "pages"))
    (templates / "worker/NOTES.md").write_text("# New in the second release\n")
    makefile = templates / "workspace/Makefile"
    makefile.write_text(f"{makefile.read_text()}\nsecond: ## new\n\t@true\n")
    commit_version(checkout, "v0.2.0")
    return checkout


@pytest.fixture(scope="session")
def second(releases: Path, caches: dict[str, str]) -> Cli:
    """The command line of v0.2.0."""
    return Cli(checkout=releases, environment=caches)


@pytest.fixture(scope="session")
def _first_shop(releases: Path, second: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    parent = tmp_path_factory.mktemp("first")
    git(releases, "checkout", "--quiet", "v0.1.0")
    second("init", "shop", "--no-lock", cwd=parent).ok()
    for template, name, *more in (
        ("data-postgres", "users-data"),
        ("worker", "media-worker", "--data-service", "users-data"),
    ):
        second(
            "new-service", template, name, *more, "--no-verify", "--no-lock", cwd=parent / "shop"
        ).ok()
    git(releases, "checkout", "--quiet", "main")
    git(parent / "shop", "add", "--all")
    git(parent / "shop", "commit", "--quiet", "-m", "Add services")
    return parent / "shop"


@pytest.fixture
def shop(_first_shop: Path, tmp_path: Path) -> Path:
    """A workspace of the test's own, made with v0.1.0 and committed."""
    shutil.copytree(_first_shop, tmp_path / "shop", symlinks=True)
    return tmp_path / "shop"
