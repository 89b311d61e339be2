"""`generator new-service TEMPLATE NAME` adds a service and verifies it."""

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli import console
from generator.cli.added import Output, reported
from generator.cli.completion import (
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
    Diff,
    DryRun,
    Fetch,
    Json,
    NoLock,
    Owner,
    WorkspaceFolder,
    gather_answers,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.usecases.add_service import AddedService, NewService
    from generator.usecases.lazy_backing import LazyBacking
    from generator.usecases.verify import VerifyRequest
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
    fetch: Fetch = False,
    no_lock: NoLock = False,
    dev: Dev = False,
    workspace: WorkspaceFolder = Path(),
    dry_run: DryRun = False,
    diff: Diff = False,
    as_json: Json = False,
) -> None:
    """Render a service, wire it and verify it.

    The whole service appears at once, or nothing does. Verifying runs its own suite on real
    servers and starts the real process; exit 1 means that the service is there but red.

    On a terminal, what no option answers is asked; Enter takes what is shown, and --defaults asks
    nothing.

    Example: generator new-service TEMPLATE users-data --owner users-team

    Example: generator new-service TEMPLATE users-api --data-service users-data --with auth,cache
    """
    from generator.usecases.add_service import NewService, add_service
    from generator.workspace import open_workspace

    opened = open_workspace(workspace)
    output = Output(as_json=as_json, dry_run=dry_run or diff, as_diff=diff, locks=not no_lock)
    flags: dict[str, object | None] = {
        "description": description,
        "owner": owner,
        "port": port,
        "example": False if no_example else None,
        "data_service": data_service,
        "features": features,
    }
    answers = gather_answers(data_file, data, flags)
    if console.is_interactive() and not (defaults or as_json or output.dry_run):
        answers = _with_prompted(opened, template, name, answers, dev=dev)
    request = NewService(
        template=template,
        name=name,
        data=answers,
        dev=dev,
        lock=not no_lock,
        dry_run=output.dry_run,
    )
    verifying = None if output.dry_run or no_verify else _verify_request(fetch=fetch)
    with _begun(opened, request, verifying) as backing:
        added = add_service(opened, request, console.tell)
        document = reported(opened.root, added, output)
        _conclude(opened, added, document, verifying, backing)


def _with_prompted(
    workspace: "Workspace", template: str, name: str, answers: dict[str, Any], *, dev: bool
) -> dict[str, Any]:
    from generator.cli.prompts import ask_missing
    from generator.naming import parse_name
    from generator.usecases.add_service import refuse_occupied
    from generator.usecases.templates import opened_template

    # What would be refused is refused before a person has typed anything.
    parsed = parse_name(name)
    refuse_occupied(workspace, parsed)
    with opened_template(workspace, template, dev=dev) as opened:
        return ask_missing(workspace, opened, parsed.value, answers)


def _verify_request(*, fetch: bool) -> "VerifyRequest":
    # Imported only to verify: it brings half of the generator along.
    from generator.usecases.verify import VerifyRequest

    return VerifyRequest(fetch=fetch)


@contextmanager
def _begun(
    workspace: "Workspace", request: "NewService", verifying: "VerifyRequest | None"
) -> "Iterator[LazyBacking | None]":
    """What starts slowly starts already while the service is rendered."""
    if verifying is None:
        yield None
        return
    from generator.usecases.lazy_backing import begun_early
    from generator.usecases.selection import words_of
    from generator.usecases.templates import opened_template
    from generator.usecases.verify import backing_request

    features = words_of(request.data.get("features"))
    with opened_template(workspace, request.template, dev=request.dev) as template:
        spec = template.spec
    with begun_early(spec, features, backing_request(verifying)) as backing:
        yield backing


def _conclude(
    workspace: "Workspace",
    added: "AddedService",
    document: dict[str, Any] | None,
    verifying: "VerifyRequest | None",
    backing: "LazyBacking | None",
) -> None:
    if verifying is None:
        if document:
            console.print_json(document)
        return
    from generator.cli.verify import conclude, document_of, verify_shown

    name = added.answers.service_name
    verified = verify_shown(workspace, replace(verifying, names=(name, "workspace")), backing)
    if document is not None:
        console.print_json({**document, "verification": document_of(verified)})
    conclude(verified, shown=document is None)
    if document is None:
        console.tell(
            f"Next: git add -A && git commit -m 'Add {name}'   keep it\n"
            f"      docker compose up --build {name}   run it on port {added.answers.port}\n"
            f"      {added.folder}/README.md   what to change first"
        )
