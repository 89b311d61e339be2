"""Runs git as a program: every call to it is in this package."""

import io
import os
import re
import shutil
import signal
import subprocess
import tarfile
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path

from generator.errors import DiskError, MissingPrerequisiteError, UnjudgedError, UsageError

MINIMUM = (2, 38)

# What a person's configuration would do to the answer is kept out: line endings, hooks, ignored
# files and filters of their own. Names, keys and trusted folders stay theirs.
_NEUTRAL_CONFIG = (
    "-c", "core.autocrlf=false",
    "-c", "core.safecrlf=false",
    "-c", f"core.hooksPath={os.devnull}",
    "-c", f"core.excludesFile={os.devnull}",
    "-c", f"core.attributesFile={os.devnull}",
    "-c", "core.fsmonitor=false",
    "-c", "core.quotePath=true",
)  # fmt: skip
_NEUTRAL = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C.UTF-8",
}
# Set by hooks or by a script around us, they would send a command to another repository, or change
# what it does there. (`git rev-parse --local-env-vars`, less the configuration.)
_DROPPED = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DEFAULT_HASH", "GIT_DIR",
        "GIT_EXTERNAL_DIFF", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE",
        "GIT_NAMESPACE", "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_TEMPLATE_DIR", "GIT_WORK_TREE",
    }
)  # fmt: skip
_DISK_FAILED = re.compile(
    rb"no space left|quota exceeded|file too large|input/output error", re.IGNORECASE
)
_FALLBACK_IDENTITY = ("-c", "user.name=generator", "-c", "user.email=generator@localhost")


class GitError(UnjudgedError):
    """A git command failed; the message has git's own last line."""


def run_git(
    *arguments: str,
    cwd: Path,
    variables: Mapping[str, str] | None = None,
    stdin: str = "",
    fine: Collection[int] = (0,),
) -> str:
    """Run git and return its output without the last line break.

    Args:
        arguments: the command and its own words.
        cwd: the folder to run it in.
        variables: what its environment gets on top.
        stdin: what it reads.
        fine: the exit codes that are no failure.

    Raises:
        MissingPrerequisiteError: when git is missing or too old.
        DiskError: when the disk is full or fails.
        GitError: when the command fails for another reason.
    """
    ensure_git()
    done = subprocess.run(
        ["git", *_NEUTRAL_CONFIG, *arguments],
        cwd=cwd,
        env=_environment() | dict(variables or {}),
        input=stdin.encode(errors="surrogateescape"),
        capture_output=True,
        check=False,
    )
    if done.returncode not in fine:
        _refuse_full_disk(done.returncode, done.stderr, cwd)
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["(git said nothing)"]
        raise GitError(f"git {_command(arguments)} failed in {cwd}: {said[-1]}")
    return done.stdout.decode(errors="surrogateescape").rstrip("\n")


@cache
def ensure_git() -> tuple[int, int]:
    """The version of git on PATH.

    Raises:
        MissingPrerequisiteError: when there is none, or an older one than we need.
    """
    if shutil.which("git") is None:
        raise MissingPrerequisiteError(
            "git is not on PATH.", hint="Install it: apt-get install git, or brew install git."
        )
    said = subprocess.run(
        ["git", "--version"], capture_output=True, text=True, check=False
    ).stdout.strip()
    found = re.search(r"(\d+)\.(\d+)", said)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    if version < MINIMUM:
        wanted = ".".join(map(str, MINIMUM))
        raise MissingPrerequisiteError(
            f"{said or 'git'} is too old.", hint=f"Install git {wanted} or newer."
        )
    return version


def is_repository_root(folder: Path) -> bool:
    """Whether `folder` is the top of a work tree (a plain folder inside one is not)."""
    return (folder / ".git").exists()


def enclosing_repository(place: Path) -> Path | None:
    """The work tree that would take `place`, which need not exist, for its own; None without one.

    A repository that ignores the place leaves it alone.
    """
    around = next((folder for folder in place.parents if is_repository_root(folder)), None)
    if around is None:
        return None
    try:
        # The final slash: it is asked about as the folder that it will be.
        run_git(
            "check-ignore", "--quiet", "--no-index", f"{place.relative_to(around)}/", cwd=around
        )
    except GitError:
        return around
    return None


def is_dirty(folder: Path, *paths: str) -> bool:
    """Whether these paths of the work tree differ from their commit, new files included."""
    return bool(run_git("status", "--porcelain", "--", *(paths or (".",)), cwd=folder))


def changed_paths(folder: Path) -> frozenset[str]:
    """Every path below `folder` that differs from the last commit, untracked ones included."""
    prefix = run_git("rev-parse", "--show-prefix", cwd=folder)
    said = run_git(
        "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--", ".",
        cwd=folder,
    )  # fmt: skip
    return frozenset(line[3:].removeprefix(prefix) for line in said.split("\0") if line)


def is_tracked(folder: Path, path: str) -> bool:
    """Whether the repository around `folder` holds that file; without a repository it is not."""
    try:
        return bool(run_git("ls-files", "--", path, cwd=folder))
    except GitError:
        return False


def would_be_added(folder: Path, path: str) -> bool:
    """Whether `git add` of everything would take that file, which is not tracked yet.

    What a person's own ignore file says counts for that person alone, so it does not count here.
    """
    try:
        listed = run_git("ls-files", "--others", "--exclude-standard", "--", path, cwd=folder)
    except GitError:
        return False
    return bool(listed)


def resolve_commit(folder: Path, ref: str) -> str:
    """The full hash that `ref` names.

    Raises:
        UsageError: when it names no commit, or the folder is in no repository.
    """
    try:
        return run_git(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}", cwd=folder
        )
    except GitError as error:
        raise UsageError(
            f"{ref} names no commit of the repository in {folder}.",
            hint="`git log --oneline --all` there shows what there is; a shallow clone has less.",
        ) from error


def is_ancestor(folder: Path, older: str, newer: str) -> bool:
    """Whether a commit is in the history of another one."""
    try:
        run_git("merge-base", "--is-ancestor", older, newer, cwd=folder)
    except GitError:
        return False
    return True


def describe(folder: Path, commit: str) -> str:
    """The word that Copier records for a commit: its tag, or the nearest one and the way to it."""
    return run_git("describe", "--tags", "--always", commit, cwd=folder)


def origin_url(folder: Path) -> str:
    """The URL of the remote `origin` as it is written down; empty when there is none.

    `git remote get-url` would apply `url.….insteadOf`, which in CI puts a token into it.
    """
    try:
        return run_git("config", "--get", "remote.origin.url", cwd=folder)
    except GitError:
        return ""


def export(folder: Path, commit: str, destination: Path, *, paths: tuple[str, ...]) -> None:
    """Write these paths of a commit to `destination`, an empty folder or a new one.

    Files come out with mode 0644 or 0755 whatever the caller's umask: the same commit gives the
    same tree everywhere.
    """
    ensure_git()
    done = subprocess.run(
        [
            "git",
            *_NEUTRAL_CONFIG,
            "-c",
            "tar.umask=0022",
            "archive",
            "--format=tar",
            commit,
            "--",
            *paths,
        ],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        _refuse_full_disk(done.returncode, done.stderr, folder)
        raise GitError(f"git archive failed in {folder}: {done.stderr.decode(errors='replace')}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        # Not as an argument, which Python takes from 3.11.4 on only.
        archive.extraction_filter = getattr(tarfile, "tar_filter", None)
        archive.extractall(destination)  # noqa: S202 - the filter is set above


def init_with_commit(folder: Path, message: str) -> None:
    """Make `folder` a repository with one commit of everything in it.

    Works without an identity configured: then a neutral one is used for this commit only.
    """
    run_git("init", "--quiet", "--initial-branch=main", "--template=", cwd=folder)
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


def _refuse_full_disk(code: int, said: bytes, folder: Path) -> None:
    """Tell a disk that is full from what git has against the work itself.

    Raises:
        DiskError: when that is what git says, or what it was ended for.
    """
    if code == -signal.SIGXFSZ or _DISK_FAILED.search(said):
        raise DiskError(
            f"git cannot write what it needs for {folder}: the disk is full or fails.",
            hint="Make room, then run the command again.",
        )


def _command(arguments: Sequence[str]) -> str:
    """The word that says what git was asked to do, after the options before it."""
    words = iter(arguments)
    for word in words:
        if word != "-c":
            return word
        next(words, None)
    return ""


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _DROPPED}
    return kept | _NEUTRAL
