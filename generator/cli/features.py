"""`generator add-feature` and `generator remove-feature` change what a service has on top."""

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

Name = Annotated[str, typer.Argument(help="The service.", autocompletion=complete_service)]
Features = Annotated[list[str], typer.Argument(help="One feature or more; see: list --templates.")]


def add_feature(
    name: Name,
    features: Features,
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
    """Give a service features that its template offers.

    What they bring is merged with what you edited, wired, locked and verified aside; then it is
    written, all or nothing. Conflicts (exit 3) and red checks (exit 1) leave everything as it is.

    Example: generator add-feature users-api cache events
    """
    from generator.cli.answers_changed import ChangeOptions, carry_out
    from generator.usecases.service_changes import with_features
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
    opened = open_workspace(workspace)
    carry_out(opened, lambda found: with_features(found, name, adding=features), options)


def remove_feature(
    name: Name,
    features: Features,
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
    """Take features out of a service. Their files, settings, secrets and wiring go.

    A file of theirs that you have edited is a conflict (exit 3): nothing is written until you have
    moved what you wrote elsewhere. Everything else is as for add-feature.

    Example: generator remove-feature users-api cache --dry-run
    """
    from generator.cli.answers_changed import ChangeOptions, carry_out
    from generator.usecases.service_changes import with_features
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
    opened = open_workspace(workspace)
    carry_out(opened, lambda found: with_features(found, name, removing=features), options)
