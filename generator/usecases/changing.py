"""Opens a workspace for a change: alone, inside its own folders, with interrupted work finished."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.files import exclusive, refuse_links, sweep, write_atomically
from generator.usecases.events import Teller
from generator.usecases.lock_check import lock_faults
from generator.usecases.wiring_files import plan_sync, write_sync
from generator.workspace import Workspace


@contextmanager
def changing(workspace: Workspace, tell: Teller) -> Iterator[str]:
    """Hold the workspace for a change.

    A run that was killed between placing a service and wiring it left a note; what it had begun
    is finished first, so that every change starts from a complete workspace.

    Yields:
        The name of the service that was finished; empty when nothing had to be.

    Raises:
        ConflictError: when another generator holds the workspace for too long.
        DestinationRefusedError: when a link stands where something would be written.
    """
    refuse_links(workspace.root, *workspace.written_places())
    with exclusive(
        workspace.private_dir / "lock",
        on_wait=lambda holder: tell(f"Waiting for another generator (process {holder})."),
    ):
        sweep(workspace.private_dir)
        yield finish(workspace, tell) if note(workspace).exists() else ""


def note(workspace: Workspace) -> Path:
    """The file that stands while a change is being put in place."""
    return workspace.private_dir / "unfinished.json"


def begin(workspace: Workspace, service: str, *, lock: bool) -> None:
    """Leave the note that a service is being put in place, and whether uv.lock goes with it."""
    text = json.dumps({"service": service, "lock": lock}) + "\n"
    write_atomically(note(workspace), text, scratch=workspace.private_dir)


def finish(workspace: Workspace, tell: Teller) -> str:
    """Wire what is on disk after an interrupted run, and remove its note.

    Returns:
        The name of the service that is complete now; empty when it was never put in place.
    """
    noted = json.loads(note(workspace).read_text(encoding="utf-8"))
    service = str(noted["service"])
    placed = workspace.service_dir(service).is_dir()
    if placed:
        tell(f"Finishing the interrupted creation of {service}.")
        write_sync(workspace, plan_sync(workspace))
        # Whoever comes next may be `sync`, which runs nothing: uv may build a member to lock it.
        if noted["lock"] and lock_faults(workspace):
            tell("uv.lock is behind: run `uv lock`.")
    note(workspace).unlink()
    return service if placed else ""
