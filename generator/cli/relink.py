"""`generator relink NAME LINK SERVICE` has a service call another one."""

from pathlib import Path
from typing import Annotated

import typer

from generator.cli.completion import complete_data_service, complete_service
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
from generator.errors import UsageError


def relink(
    name: Annotated[
        str, typer.Argument(help="The service that calls.", autocompletion=complete_service)
    ],
    link: Annotated[str, typer.Argument(help="Which of its links, such as data_service.")],
    provider: Annotated[
        str | None,
        typer.Argument(
            metavar="SERVICE",
            help="The service to call from now on.",
            autocompletion=complete_data_service,
        ),
    ] = None,
    *,
    none: Annotated[
        bool, typer.Option("--none", help="Call nobody, where the link is optional.")
    ] = False,
    keep: Keep = False,
    no_verify: NoVerify = False,
    no_lock: NoLock = False,
    fetch: Fetch = False,
    workspace: WorkspaceFolder = Path(),
    dry_run: DryRun = False,
    diff: Diff = False,
    as_json: Json = False,
) -> None:
    """Have a service call another one than it does.

    Both get a key of their own for it, and the old key goes. What the templates say of the link is
    merged with what you edited; the result is verified aside before it is written. Data stays
    where it is.

    Example: generator relink users-api data_service accounts-data
    """
    from generator.cli.answers_changed import ChangeOptions, carry_out
    from generator.usecases.service_changes import relinked
    from generator.workspace import open_workspace

    if none is bool(provider):
        raise UsageError(
            "Say whom it calls: a service, or --none.",
            hint="For example: generator relink users-api data_service accounts-data",
        )
    options = ChangeOptions(
        looking=dry_run or diff,
        as_diff=diff,
        as_json=as_json,
        verify=not no_verify,
        keep=keep,
        fetch=fetch,
        lock=not no_lock,
    )
    opened = open_workspace(workspace)
    carry_out(opened, lambda found: relinked(found, name, link, provider or ""), options)
