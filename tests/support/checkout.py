"""A tagged git repository of this project as it stands, so that tests have template versions."""

import shutil
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
_IDENTITY = (
    "-c",
    "user.name=tests",
    "-c",
    "user.email=tests@localhost",
    "-c",
    "commit.gpgsign=false",
)


def git(cwd: Path, *arguments: str) -> str:
    """Run git in a test's repository and return what it says."""
    done = subprocess.run(
        ["git", *_IDENTITY, *arguments], cwd=cwd, check=True, capture_output=True, text=True
    )
    return done.stdout.rstrip("\n")


def project_files() -> list[str]:
    """The files of this project: those git knows, and new ones it does not ignore."""
    listed = git(PROJECT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return sorted(name for name in listed.split("\0") if name and (PROJECT / name).exists())


def copy_project(destination: Path) -> None:
    """Copy the project's files, without git and without what it ignores."""
    for name in project_files():
        target = destination / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / name, target, follow_symlinks=False)


def make_checkout(destination: Path, *, tag: str = "v0.1.0") -> Path:
    """A clean repository of the project with one commit; no tag when `tag` is empty."""
    copy_project(destination)
    git(destination, "init", "--quiet", "--initial-branch=main")
    commit_version(destination, tag)
    return destination


def commit_version(checkout: Path, tag: str) -> None:
    """Commit everything in the checkout and tag it; no tag when `tag` is empty."""
    git(checkout, "add", "--all", "--force")
    git(checkout, "commit", "--quiet", "--allow-empty", "-m", f"Release {tag}")
    if tag:
        git(checkout, "tag", "--annotate", "-m", tag, tag)
