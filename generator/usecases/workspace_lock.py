"""Holds a workspace: alone for a change, interrupted work settled first, or as it is to verify."""

from collections.abc import Iterator
from contextlib import contextmanager

from generator.changes import Recovery, is_interrupted, recover
from generator.files import exclusive, refuse_links, shared, sweep
from generator.usecases.reporter import Reporter
from generator.workspace import Workspace


@contextmanager
def workspace_lock(
    workspace: Workspace, report: Reporter, *, force: bool = False
) -> Iterator[Recovery | None]:
    """Hold the workspace for a change.

    What a killed run had begun is taken back first, or found to be complete, so that every change
    starts from a whole workspace.

    Args:
        workspace: nobody else changes it meanwhile.
        report: hears who is waited for, and what became of an interrupted change.
        force: whether what a person changed since is left as it is instead of refused.

    Yields:
        What became of an interrupted change; None when there was none.

    Raises:
        ConflictError: when another generator holds the workspace for too long, or an interrupted
            change can be neither completed nor taken back.
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
    if is_interrupted(workspace.root):
        report(
            "A command was interrupted here; `generator sync` takes it back. "
            "What is shown starts from what it left."
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
