"""`generator rename-service OLD NEW` gives a service another name, wherever it has one."""

from pathlib import Path
from typing import Annotated

import typer

from generator.cli.completion import complete_service
from generator.cli.options import (
    Diff,
    DryRun,
    Fetch,
    Json,
    Keep,
    NoLock,
    NoVerify,
    WorkspaceFolder,
)


def rename_service(
    old: Annotated[
        str, typer.Argument(help="The service as it is named.", autocompletion=complete_service)
    ],
    new: Annotated[str, typer.Argument(help="The name that it gets.")],
    *,
    keep: Keep = False,
    no_verify: NoVerify = False,
    no_lock: NoLock = False,
    fetch: Fetch = False,
    workspace: WorkspaceFolder = Path(),
    dry_run: DryRun = False,
    diff: Diff = False,
    as_json: Json = False,
) -> None:
    """Rename a service. Its folder, project, image, variables, links, wiring and answers follow.

    What templates rendered with the old name is merged with what you edited, as an update does;
    secrets keep their values under their new names. The result is verified aside before it is
    written. What you wrote yourself with the old name in it is listed, not changed; what has to be
    done where the service runs already (its database, its keys) is printed as steps.

    Example: generator rename-service users-api accounts-api --dry-run
    """
    from generator.cli.answers_changed import ChangeOptions, carry_out
    from generator.usecases.service_changes import renamed
    from generator.workspace import open_workspace

    options = ChangeOptions(
        looking=dry_run or diff,
        as_diff=diff,
        as_json=as_json,
        verify=not no_verify,
        keep=keep,
        fetch=fetch,
        lock=not no_lock,
    )
    carry_out(open_workspace(workspace), lambda opened: renamed(opened, old, new), options)
