"""`generator new-service TEMPLATE NAME` adds a service and verifies it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli import console
from generator.cli.completing import (
    complete_data_service,
    complete_features,
    complete_template,
)
from generator.cli.options import (
    Data,
    DataFile,
    Defaults,
    Description,
    Dev,
    DryRun,
    Json,
    NoLock,
    Owner,
    WorkspaceFolder,
    gather_answers,
)

if TYPE_CHECKING:
    from generator.usecases.add_service import AddedService
    from generator.workspace import Workspace


def new_service(
    template: Annotated[
        str,
        typer.Argument(
            help="Which template; see: list --templates.", autocompletion=complete_template
        ),
    ],
    name: Annotated[str, typer.Argument(help="The service's name, such as users-data.")],
    *,
    data_service: Annotated[
        str | None,
        typer.Option(
            help="The data service that it calls.",
            metavar="NAME",
            autocompletion=complete_data_service,
        ),
    ] = None,
    features: Annotated[
        str | None,
        typer.Option(
            "--with",
            help="What it has on top, as in auth,cache; see: list --templates.",
            metavar="FEATURES",
            autocompletion=complete_features,
        ),
    ] = None,
    description: Description = None,
    owner: Owner = None,
    port: Annotated[
        int | None, typer.Option(help="Port on your machine; the lowest free one when left out.")
    ] = None,
    no_example: Annotated[
        bool, typer.Option("--no-example", help="Leave out the example to copy from.")
    ] = False,
    data: Data = None,
    data_file: DataFile = None,
    defaults: Defaults = False,
    no_verify: Annotated[
        bool, typer.Option("--no-verify", help="Render and wire only; check it later.")
    ] = False,
    no_lock: NoLock = False,
    dev: Dev = False,
    workspace: WorkspaceFolder = Path(),
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Render a service into this workspace, wire it and verify it.

    The whole service appears at once, or nothing does. Verifying runs its own suite on real
    servers and starts the real process; exit 1 means that the service is there but red.

    Example: generator new-service data-postgres users-data --owner users-team

    Example: generator new-service fastapi users-api --data-service users-data --with auth,cache
    """
    from generator.usecases.add_service import NewService, add_service
    from generator.workspace import open_workspace

    opened = open_workspace(workspace)
    flags: dict[str, object | None] = {
        "description": description,
        "owner": owner,
        "port": port,
        "example": False if no_example else None,
        "data_service": data_service,
        "features": features,
    }
    answers = gather_answers(data_file, data, flags)
    if console.is_interactive() and not (defaults or as_json or dry_run or answers):
        answers = _asked(template, name, answers)
    wanted = NewService(
        template=template, name=name, data=answers, dev=dev, lock=not no_lock, dry_run=dry_run
    )
    added = add_service(opened, wanted, console.tell)
    _report(opened, added, as_json=as_json, dry_run=dry_run, no_verify=no_verify)


def _asked(template: str, name: str, answers: dict[str, Any]) -> dict[str, Any]:
    from generator.catalog import template_spec
    from generator.cli.asking import ask_missing
    from generator.naming import parse_name

    # What would be refused is refused before a person has typed anything.
    return ask_missing(template_spec(template).name, parse_name(name).value, answers)


def _report(
    workspace: "Workspace", added: "AddedService", *, as_json: bool, dry_run: bool, no_verify: bool
) -> None:
    document = _document(added, dry_run=dry_run)
    if not as_json:
        _print_added(added, dry_run=dry_run)
    if dry_run or no_verify:
        if as_json:
            console.print_json(document)
        return
    _verify(workspace, added, document if as_json else None)


def _verify(workspace: "Workspace", added: "AddedService", document: dict[str, Any] | None) -> None:
    from generator.cli.verify import conclude, document_of, verify_shown
    from generator.usecases.verify import Wanted

    name = added.answers.service_name
    verified = verify_shown(workspace, Wanted(names=(name, "workspace")))
    if document is not None:
        console.print_json({**document, "verification": document_of(verified)})
    conclude(verified, shown=document is None)
    if document is None:
        console.tell(
            f"Next: git add -A && git commit -m 'Add {name}'   keep it\n"
            f"      docker compose up --build {name}   run it on port {added.answers.port}\n"
            f"      {added.folder}/README.md   what to change first"
        )


def _document(added: "AddedService", *, dry_run: bool) -> dict[str, Any]:
    return {
        "service": added.answers.service_name,
        "template": added.answers.template,
        "version": added.answers.commit,
        "port": added.answers.port,
        "folder": added.folder,
        "files": list(added.files),
        "wiring": [{"path": change.path, "diff": change.diff} for change in added.wiring],
        "new_secrets": list(added.new_secrets),
        "dry_run": dry_run,
    }


def _print_added(added: "AddedService", *, dry_run: bool) -> None:
    if dry_run:
        typer.echo("\n".join(f"{added.folder}/{path}" for path in added.files))
        typer.echo("".join(change.diff for change in added.wiring), nl=False)
        console.tell(f"{len(added.files)} files would be written; nothing was.")
        return
    answers = added.answers
    typer.echo(
        f"Created {added.folder} from {answers.template} {answers.commit}: "
        f"{len(added.files)} files, port {answers.port}."
    )
    typer.echo(f"Wired: {', '.join(change.path for change in added.wiring)}.")
    if added.new_secrets:
        typer.echo(f"Added to .env: {', '.join(added.new_secrets)}.")
