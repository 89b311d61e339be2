"""Runs git as a program: every call to it is in this module."""

import io
import os
import re
import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path

from generator.errors import EnvironmentMissingError, GeneratorError

MINIMUM = (2, 38)

# What a repository's hooks, filters or a caller's variables could do to the answer is kept out.
_NEUTRAL = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C.UTF-8",
}
_FALLBACK_IDENTITY = ("-c", "user.name=generator", "-c", "user.email=generator@localhost")


class GitError(GeneratorError):
    """A git command failed; the message has git's own last line."""


def run_git(*arguments: str, cwd: Path) -> str:
    """Run git and return its output without the last line break.

    Raises:
        EnvironmentMissingError: when git is missing or too old.
        GitError: when the command fails.
    """
    ensure_git()
    done = subprocess.run(
        ["git", *arguments], cwd=cwd, env=_environment(), capture_output=True, check=False
    )
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["(git said nothing)"]
        raise GitError(f"git {arguments[0]} failed in {cwd}: {said[-1]}")
    return done.stdout.decode(errors="surrogateescape").rstrip("\n")


@cache
def ensure_git() -> tuple[int, int]:
    """The version of git on PATH.

    Raises:
        EnvironmentMissingError: when there is none, or an older one than we need.
    """
    if shutil.which("git") is None:
        raise EnvironmentMissingError(
            "git is not on PATH.", hint="Install it: apt-get install git, or brew install git."
        )
    said = subprocess.run(
        ["git", "--version"], capture_output=True, text=True, check=False
    ).stdout.strip()
    found = re.search(r"(\d+)\.(\d+)", said)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    if version < MINIMUM:
        wanted = ".".join(map(str, MINIMUM))
        raise EnvironmentMissingError(
            f"{said or 'git'} is too old.", hint=f"Install git {wanted} or newer."
        )
    return version


def is_repository_root(folder: Path) -> bool:
    """Whether `folder` is the top of a work tree (a plain folder inside one is not)."""
    return (folder / ".git").exists()


def is_dirty(folder: Path, *paths: str) -> bool:
    """Whether these paths of the work tree differ from their commit, new files included."""
    return bool(run_git("status", "--porcelain", "--", *(paths or (".",)), cwd=folder))


def resolve_commit(folder: Path, ref: str) -> str:
    """The full hash that `ref` names.

    Raises:
        GitError: when it names no commit.
    """
    return run_git(
        "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}", cwd=folder
    )


def describe(folder: Path, commit: str) -> str:
    """The word that Copier records for a commit: its tag, or the nearest one and the way to it."""
    return run_git("describe", "--tags", "--always", commit, cwd=folder)


def origin_url(folder: Path) -> str:
    """The URL of the remote `origin`; empty when there is none."""
    try:
        return run_git("remote", "get-url", "origin", cwd=folder)
    except GitError:
        return ""


def export(folder: Path, commit: str, destination: Path, *, paths: tuple[str, ...]) -> None:
    """Write these paths of a commit to `destination`, an empty folder or a new one.

    Files come out with mode 0644 or 0755 whatever the caller's umask: the same commit gives the
    same tree everywhere.
    """
    ensure_git()
    done = subprocess.run(
        ["git", "-c", "tar.umask=0022", "archive", "--format=tar", commit, "--", *paths],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise GitError(f"git archive failed in {folder}: {done.stderr.decode(errors='replace')}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(destination, filter="tar")


def init_with_commit(folder: Path, message: str) -> None:
    """Make `folder` a repository with one commit of everything in it.

    Works without an identity configured: then a neutral one is used for this commit only.
    """
    run_git("init", "--quiet", "--initial-branch=main", cwd=folder)
    run_git("add", "--all", cwd=folder)
    identity = () if _has_identity(folder) else _FALLBACK_IDENTITY
    run_git(
        *identity, "-c", "commit.gpgsign=false", "commit", "--quiet", "--no-verify", "-m", message,
        cwd=folder,
    )  # fmt: skip


def _has_identity(folder: Path) -> bool:
    try:
        run_git("var", "GIT_AUTHOR_IDENT", cwd=folder)
        run_git("config", "user.email", cwd=folder)
    except GitError:
        return False
    return True


def _environment() -> dict[str, str]:
    # GIT_DIR and its kin, set by hooks, would send every command to another repository.
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"}
    }
    return kept | _NEUTRAL
