"""Refuses to merge into a repository where what a person has not committed would be in the way."""

from collections.abc import Collection, Iterable

from generator import git
from generator.answers import ANSWERS_FILE
from generator.changes import state_of
from generator.errors import ConflictError, UsageError
from generator.git.index import submodules, unfinished_operation, unmerged_paths
from generator.git.scratch import head_tree
from generator.workspace import Workspace


def refuse_unfinished(workspace: Workspace) -> None:
    """See that the repository has a commit to merge into, and is in the middle of nothing.

    Raises:
        UsageError: when there is no commit.
        ConflictError: during a merge, a rebase or a bisect, or with files in conflict.
    """
    try:
        head_tree(workspace.root)
    except git.GitError:
        raise UsageError(
            f"{workspace.root} has no commit yet, so there is nothing to merge into.",
            hint="Commit what is there first: git add -A && git commit",
        ) from None
    if going_on := unfinished_operation(workspace.root):
        end = "git bisect reset" if going_on == "bisect" else f"git {going_on} --abort"
        raise ConflictError(
            f"A {going_on} is not finished in {workspace.root}.",
            hint=f"Finish it, or leave it: {end}",
        )
    if unmerged := unmerged_paths(workspace.root):
        raise ConflictError(
            f"Still in conflict: {', '.join(unmerged)}.", hint="Resolve them and commit first."
        )


def refuse_unknown_to_git(
    workspace: Workspace, committed: Collection[str], folders: Iterable[str]
) -> None:
    """See that the last commit holds what is to be updated: else all of it looks deleted.

    Args:
        workspace: read, not written.
        committed: the paths that the last commit holds.
        folders: of the projects; empty for the workspace itself.

    Raises:
        ConflictError: for a service that is not committed, or is another repository's.
    """
    others = submodules(workspace.root)
    for folder in folders:
        if f"{folder}/{ANSWERS_FILE}".lstrip("/") in committed:
            continue
        if folder in others:
            raise ConflictError(
                f"{folder} is a submodule, so its files belong to another repository.",
                hint="Leave it out by naming the others, or make its files part of this one.",
            )
        raise ConflictError(
            f"{folder or workspace.root} is not committed, so there is nothing to merge into.",
            hint="Commit it first: git add -A && git commit",
        )


def refuse_dirt(workspace: Workspace, committed: Collection[str], paths: Iterable[str]) -> None:
    """See that nothing would be written over what a person has not committed.

    Args:
        workspace: read, not written.
        committed: the paths that the last commit holds.
        paths: those that would be written.

    Raises:
        ConflictError: that names them.
    """
    dirty = git.changed_paths(workspace.root)
    # What git ignores is in no status, and may stand where the template adds a file.
    in_the_way = [
        path
        for path in sorted(paths)
        if path in dirty or (path not in committed and state_of(workspace.root, path))
    ]
    if in_the_way:
        raise ConflictError(
            f"Changed and not committed, though it would be written: {', '.join(in_the_way)}.",
            hint="Commit or stash it, then run the update again; other changes may stay.",
        )
