"""Finds which services a change since a git ref can have touched."""

from collections.abc import Collection, Mapping

from generator.git import GitError, resolve_commit, run_git
from generator.uv import LOCK_FILE
from generator.verification.fingerprint import ROOT_FILES
from generator.verification.locked import LockedPackages
from generator.workspace import SERVICES, Workspace

# A change here may touch every service: the library they share and what they run on.
_EVERYWHERE = frozenset({"shared", "infra", *ROOT_FILES})


def changed_services(
    workspace: Workspace, names: Collection[str], ref: str, *, calls: Mapping[str, Collection[str]]
) -> frozenset[str]:
    """The services among `names` that a change since this branch left `ref` can have touched.

    What is not committed yet counts, new files included.

    Args:
        workspace: where.
        names: the services to choose from.
        ref: a git ref.
        calls: whom each service calls; a change of one of those touches it.

    Raises:
        UsageError: when `ref` names no commit or the workspace is in no repository.
    """
    root = workspace.root
    commit = resolve_commit(root, ref)
    try:
        since = run_git("merge-base", commit, "HEAD", cwd=root)
    except GitError:
        # A shallow clone, or a ref without common history: compare with it as it is.
        since = commit
    differing = run_git(
        "diff", "--name-only", "--no-renames", "--relative", "-z", since, "--", ".", cwd=root
    )
    new = run_git("ls-files", "-z", "--others", "--exclude-standard", "--", ".", cwd=root)
    touched: set[str] = set()
    for path in (*differing.split("\0"), *new.split("\0")):
        first, _, rest = path.partition("/")
        if first in _EVERYWHERE:
            return frozenset(names)
        if path == LOCK_FILE:
            touched |= _locked_otherwise(workspace, since, names)
        if first == SERVICES:
            touched.add(rest.partition("/")[0])
    touched |= {consumer for consumer, others in calls.items() if touched & set(others)}
    return frozenset(touched & set(names))


def _locked_otherwise(workspace: Workspace, since: str, names: Collection[str]) -> set[str]:
    """The services for which uv.lock says something else than it did."""
    try:
        before = LockedPackages(run_git("show", f"{since}:./{LOCK_FILE}", cwd=workspace.root))
    except GitError:
        before = LockedPackages("")
    now = LockedPackages.read(workspace.root / LOCK_FILE)
    return {name for name in names if before.digest(name) != now.digest(name)}
