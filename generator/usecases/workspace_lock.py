"""Holds a workspace: alone for a change, interrupted work settled first, or as it is to verify."""

from collections.abc import Iterator
from contextlib import contextmanager

from generator.changes import Recovery, is_interrupted, recover
from generator.errors import ConflictError
from generator.files import exclusive, refuse_links, shared, sweep
from generator.git.index import head_commit
from generator.usecases.pending_update import forget_update, pending_update, take_back
from generator.usecases.reporter import Reporter
from generator.workspace import Workspace


@contextmanager
def workspace_lock(
    workspace: Workspace, report: Reporter, *, force: bool = False, resolving: bool = False
) -> Iterator[Recovery | None]:
    """Hold the workspace for a change.

    What a killed run had begun is taken back first, or found to be complete, so that every change
    starts from a whole workspace.

    Args:
        workspace: nobody else changes it meanwhile.
        report: hears who is waited for, and what became of an interrupted change.
        force: whether what a person changed since is left as it is instead of refused.
        resolving: whether this ends an update that waits for its conflicts to be resolved; no
            other change is begun on top of one.

    Yields:
        What became of an interrupted change; None when there was none.

    Raises:
        ConflictError: when another generator holds the workspace for too long, an interrupted
            change can be neither completed nor taken back, or an update waits.
        DestinationRefusedError: when a link stands where something would be written.
    """
    lock = workspace.lock_file
    refuse_links(workspace.root, lock)
    with exclusive(
        lock,
        on_wait=lambda holder: report(f"Waiting for another generator (process {holder})."),
    ):
        sweep(workspace.private_dir)
        recovery = recover(workspace.root, force=force)
        if recovery:
            for line in _told(recovery):
                report(line)
        _settle_update(workspace, report, resolving=resolving)
        yield recovery


@contextmanager
def unchanged(workspace: Workspace, report: Reporter) -> Iterator[None]:
    """Keep a workspace from being changed; others may hold it the same way, or read it.

    A copy is its maker's to hold.

    Raises:
        ConflictError: when another generator changes the workspace for too long.
    """
    if workspace.kept:
        yield
        return
    with shared(
        workspace.lock_file,
        on_wait=lambda holder: report(f"Waiting for another generator (process {holder})."),
    ):
        yield


def report_interrupted(workspace: Workspace, report: Reporter) -> None:
    """Say that a change was interrupted, to someone who only looks; nothing is written."""
    update = pending_update(workspace)
    if is_interrupted(workspace.root) or (update and not update.is_ready):
        report(
            "A command was interrupted here; `generator sync` takes it back. "
            "What is shown starts from what it left."
        )


def _settle_update(workspace: Workspace, report: Reporter, *, resolving: bool) -> None:
    """Take back an update that was killed while it wrote its conflicts; refuse one that waits."""
    update = pending_update(workspace)
    if update is None:
        return
    if not update.is_ready and head_commit(workspace.root) == update.head:
        take_back(workspace, update)
        report(f"The interrupted `{update.title} --resolve` was taken back.")
    elif not update.is_ready:
        forget_update(workspace)
        report(f"The interrupted `{update.title} --resolve` is left as you have committed it.")
    elif not resolving:
        raise ConflictError(
            f"`{update.title}` waits for you to resolve its conflicts.",
            hint="Resolve them, then: generator update --continue\n"
            "To go back to what was there before: generator update --abort",
        )


def _told(recovery: Recovery) -> Iterator[str]:
    if recovery.complete:
        yield f"The interrupted `{recovery.title}` is complete."
    elif recovery.title:
        yield f"The interrupted `{recovery.title}` was taken back."
    if recovery.kept:
        yield f"Left as they are: {', '.join(recovery.kept)}."
    if recovery.aside:
        yield f"What an interrupted command had set aside is kept in {recovery.aside}."
