"""Brings a workspace's generated files in line with its services, alone."""

from dataclasses import dataclass

from generator.changes import ChangeSet, apply
from generator.usecases.reporter import Reporter
from generator.usecases.wiring_files import (
    SyncPlan,
    plan_sync,
    refuse_hand_edits,
    secrets_entries,
)
from generator.usecases.workspace_lock import report_interrupted, workspace_lock
from generator.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Synced:
    """What was written, or would be: in wiring/ and in `.env`."""

    plan: SyncPlan
    changes: ChangeSet


def sync_workspace(
    workspace: Workspace, report: Reporter, *, force: bool = False, dry_run: bool = False
) -> Synced:
    """Write what differs; return what that was.

    Args:
        workspace: changed, unless it is a dry run.
        report: hears when another run is waited for or an interrupted one is settled.
        force: whether edits made by hand in wiring/ are discarded.
        dry_run: whether to write nothing at all, and refuse nothing.

    Raises:
        ConflictError: when there are such edits and `force` is off; nothing is written.
        WiringError: when the answers contradict each other.
    """
    if dry_run:
        report_interrupted(workspace, report)
        return _planned(workspace, report)
    with workspace_lock(workspace, report, force=force):
        synced = _planned(workspace, report)
        if not force:
            refuse_hand_edits(workspace, synced.changes)
        apply(workspace.root, synced.changes)
    return synced


def _planned(workspace: Workspace, report: Reporter) -> Synced:
    plan = plan_sync(workspace)
    if warning := plan.wiring.connections.warning:
        report(warning)
    secrets = secrets_entries(workspace, plan.wiring)
    changes = ChangeSet.of("sync", (*plan.changes.entries, *secrets))
    return Synced(plan=plan, changes=changes)
