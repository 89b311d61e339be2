"""Takes a service out of a workspace: its folder, wiring, secrets and place in the lock."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.changes import ChangeSet, Delete, Entry, apply, removal, rewrite
from generator.errors import ConflictError
from generator.files import staging_folder
from generator.usecases.leftovers import remove_scratch_of
from generator.usecases.local_data import refuse_running
from generator.usecases.losses import Losses, everything_in, find_losses
from generator.usecases.reporter import Reporter
from generator.usecases.uv_lock import lock_without
from generator.usecases.wiring_files import (
    SyncPlan,
    env_entries,
    env_text,
    plan_sync,
    refuse_hand_edits,
)
from generator.usecases.workspace_lock import report_interrupted, workspace_lock
from generator.uv import LOCK_FILE
from generator.wiring import Secret, filled_in, unneeded_secrets, without_made
from generator.workspace import SERVICES, Workspace

_SHOWN = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Removal:
    """What a person asked for.

    Attributes:
        name: the service.
        force: whether what people wrote goes along.
        lock: whether uv.lock is brought up to date.
        dry_run: whether to stop before anything is written.
    """

    name: str
    force: bool = False
    lock: bool = True
    dry_run: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RemovedService:
    """What was done, or would be.

    Attributes:
        name: the service.
        changes: everything that goes or changes.
        losses: what people wrote in its folder.
        secrets: the variables that `.env` loses.
        databases: the databases that nobody uses any more; they are left as they are.
    """

    name: str
    changes: ChangeSet
    losses: Losses
    secrets: tuple[str, ...]
    databases: tuple[str, ...]


def remove_service(workspace: Workspace, request: Removal, report: Reporter) -> RemovedService:
    """Remove a service whole, or nothing of it.

    Raises:
        UsageError: when there is no such service.
        ConflictError: when others call it, when people wrote something that would be lost and
            `force` is off, when a hand-edited wiring file is in the way, or the system is up.
        GeneratorError: when locking fails. In each case nothing was written.
    """
    if request.dry_run:
        report_interrupted(workspace, report)
        with tempfile.TemporaryDirectory(prefix="generator-") as scratch:
            return _prepared(workspace, request, Path(scratch))
    with workspace_lock(workspace, report):
        refuse_running(workspace)
        with staging_folder(workspace.private_dir) as scratch_folder:
            removed = _prepared(workspace, request, scratch_folder)
            apply(workspace.root, removed.changes)
        remove_scratch_of(workspace, removed.name)
    return removed


def _prepared(workspace: Workspace, request: Removal, scratch: Path) -> RemovedService:
    name = workspace.service(request.name).service_name
    before = plan_sync(workspace)
    _refuse_called(name, before.inventory.callers(name))
    after = plan_sync(workspace, removing=name)
    refuse_hand_edits(workspace, after.changes)
    text = env_text(workspace)
    secrets = unneeded_secrets(before.wiring, after.wiring, text)
    losses = find_losses(workspace, name)
    if not request.force:
        _refuse_losses(name, losses, filled_in(text, secrets))
    lost = {*losses.committed, *losses.only_here}
    entries = [
        *_deletions(workspace, name, lost),
        *after.changes.entries,
        *env_entries(workspace, without_made(text, secrets)),
    ]
    # A dry run runs no uv: locking may build a member, which is code of the workspace.
    if request.lock and not request.dry_run:
        entries += _lock(workspace, name, scratch / "lock")
    return RemovedService(
        name=name,
        changes=ChangeSet.of(f"remove-service {name}", entries),
        losses=losses,
        secrets=tuple(secret.name for secret in secrets),
        databases=_unused_databases(before, after),
    )


def _refuse_called(name: str, callers: tuple[str, ...]) -> None:
    if callers:
        raise ConflictError(
            f"{', '.join(callers)} {'calls' if len(callers) == 1 else 'call'} {name}.",
            hint="Remove them first, or have them call another one: generator relink.",
        )


def _refuse_losses(name: str, losses: Losses, filled: tuple[Secret, ...]) -> None:
    found = [
        (f"not in any commit: {_listed(losses.only_here)}", losses.only_here),
        (f"edited or added, and committed: {_listed(losses.committed)}", losses.committed),
        (f"filled in in .env: {', '.join(one.name for one in filled)}", filled),
    ]
    told = "; ".join(line for line, there in found if there)
    if not told:
        return
    because = f" Its template cannot be had: {losses.problem}" if losses.problem else ""
    raise ConflictError(
        f"{name} holds what its template does not give back ({told}).",
        hint=f"Keep what you need elsewhere; --force removes it all the same.{because}",
    )


def _listed(paths: tuple[str, ...]) -> str:
    more = len(paths) - _SHOWN
    return ", ".join(paths[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _deletions(workspace: Workspace, name: str, lost: set[str]) -> Iterator[Delete]:
    for path in everything_in(workspace, f"{SERVICES}/{name}"):
        if ".git" in path.split("/"):
            raise ConflictError(
                f"{workspace.service_dir(name)} holds a git repository of its own.",
                hint="Move it away first: its history would be lost.",
            )
        entry = removal(workspace.root, path)
        yield Delete(path=path, expects=entry.expects, discards_edit=path in lost)


def _lock(workspace: Workspace, name: str, into: Path) -> Iterator[Entry]:
    if (workspace.root / LOCK_FILE).is_file():
        locked = lock_without(workspace, name=name, into=into)
        yield rewrite(workspace.root, LOCK_FILE, locked.read_bytes())


def _unused_databases(before: SyncPlan, after: SyncPlan) -> tuple[str, ...]:
    kept = {database.name for database in after.wiring.databases}
    return tuple(one.name for one in before.wiring.databases if one.name not in kept)
