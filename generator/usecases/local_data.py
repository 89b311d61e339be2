"""Gives the data that a service has on this machine to its new name, and looks whether it runs."""

import os
from dataclasses import dataclass

from generator.backing import BackingKind, Request, begin_backing, folder_for_data
from generator.errors import ConflictError, GeneratorError
from generator.files import HeldError, hold_alone, refuse_links
from generator.running import Places
from generator.usecases.renamed import Renaming
from generator.usecases.reporter import Reporter
from generator.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalData:
    """What became of the data that `generator up` keeps.

    Attributes:
        renamed: the database that has its new name now; empty when there was none.
        failed: why the database that is there could not be renamed; else empty.
    """

    renamed: str = ""
    failed: str = ""


def refuse_running(workspace: Workspace) -> None:
    """See that the services are not running from the folders that are about to move or go.

    Raises:
        ConflictError: when `generator up` runs.
    """
    lock = Places.below(workspace.private_dir).lock
    refuse_links(workspace.root, lock)
    if not lock.is_file():
        return
    try:
        os.close(hold_alone(lock, seconds=0))
    except HeldError as error:
        raise ConflictError(
            f"The system of this workspace is up (process {error.holder or 'unknown'}).",
            hint="End it first: generator down",
        ) from error


def rename_local_data(workspace: Workspace, renaming: Renaming, report: Reporter) -> LocalData:
    """Rename a service's database among the data that `generator up` keeps, if there is one.

    Args:
        workspace: whose data.
        renaming: the service.
        report: hears that a server is started for it.
    """
    data = folder_for_data(Places.below(workspace.private_dir).servers)
    if not (data / BackingKind.POSTGRES).is_dir():
        return LocalData()
    report("Starting PostgreSQL on the data of this machine, to rename the database.")
    kinds, request = {BackingKind.POSTGRES}, Request(environment=os.environ, folder=data)
    try:
        with begin_backing(kinds, request) as servers:
            done = servers.rename(renaming.old, renaming.new, BackingKind.POSTGRES)
    except GeneratorError as error:
        return LocalData(failed=error.message)
    return LocalData(renamed=renaming.new if done else "")
