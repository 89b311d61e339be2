"""Brings a workspace's generated files in line with its services, alone."""

from generator.usecases.changing import changing
from generator.usecases.events import Teller
from generator.usecases.wiring_files import SyncPlan, plan_sync, write_sync
from generator.workspace import Workspace


def sync_workspace(workspace: Workspace, tell: Teller, *, force: bool) -> SyncPlan:
    """Write what differs; return what that was.

    Args:
        workspace: changed.
        tell: told when another run is waited for or an interrupted one is finished.
        force: whether edits made by hand in wiring/ are discarded.

    Raises:
        ConflictError: when there are such edits and `force` is off; nothing is written.
        WiringError: when the answers contradict each other.
    """
    with changing(workspace, tell):
        plan = plan_sync(workspace)
        write_sync(workspace, plan, force=force)
    return plan
