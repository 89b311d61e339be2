"""What the history of a repository says of its files."""

from collections.abc import Collection, Sequence
from pathlib import Path

from generator.git import GitError, run_git
from generator.git.index import is_shallow


def ever_committed(folder: Path, paths: Sequence[str]) -> Collection[str]:
    """Those of these paths, from `folder` on, that some commit has held.

    Where the history is not whole, or there is none, nobody can tell: then it is all of them.
    """
    if not paths or is_shallow(folder):
        return paths
    try:
        said = run_git(
            "--literal-pathspecs", "log", "--format=", "--name-only", "--no-renames", "-z",
            "--relative", "HEAD", "--", *paths,
            cwd=folder,
        )  # fmt: skip
    except GitError:
        return paths
    return frozenset(said.split("\0"))
