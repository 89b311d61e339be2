"""`generator adopt PATH` records what a service was rendered from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli import console
from generator.cli.changed import rows, show
from generator.cli.completion import complete_template
from generator.cli.options import (
    Data,
    DataFile,
    Dev,
    Diff,
    DryRun,
    Json,
    NoLock,
    WorkspaceFolder,
    gather_answers,
)

if TYPE_CHECKING:
    from generator.usecases.adopt import Adopted


def adopt(
    place: Annotated[
        str, typer.Argument(metavar="PATH", help="The service's folder, or its name.")
    ],
    *,
    template: Annotated[
        str,
        typer.Option(
            help="The template that it was made from; guessed when left out.",
            autocompletion=complete_template,
        ),
    ] = "",
    to: Annotated[
        str,
        typer.Option(
            "--version",
            help="The version that it was made from; the nearest one when left out.",
            metavar="VERSION",
        ),
    ] = "",
    data: Data = None,
    data_file: DataFile = None,
    no_lock: NoLock = False,
    dev: Dev = False,
    workspace: WorkspaceFolder = Path(),
    dry_run: DryRun = False,
    diff: Diff = False,
    as_json: Json = False,
) -> None:
    """Record what a service without answers was rendered from.

    Or one whose recorded version is gone.

    Template, answers and version are guessed from its files, the version as the one that renders
    what is nearest to them; what you give is not guessed. Only its answers file is written, and
    what follows for wiring/, .env and uv.lock: status, update and the rest work from then on.

    Example: generator adopt services/orders-api --data data_service=users-data --dry-run
    """
    from generator.usecases.adopt import AdoptRequest
    from generator.usecases.adopt import adopt as adopt_service
    from generator.workspace import open_workspace

    opened = open_workspace(workspace)
    looking = dry_run or diff
    request = AdoptRequest(
        place=place,
        template=template,
        version=to,
        data=gather_answers(data_file, data, {}),
        dev=dev,
        lock=not no_lock,
        dry_run=looking,
    )
    adopted = adopt_service(opened, request, console.tell)
    if as_json:
        console.print_json(_document(opened.root, adopted, written=not looking))
        return
    _print_match(adopted)
    if looking:
        show(opened.root, adopted.changes, as_diff=diff, locks=not no_lock)
    else:
        console.tell(
            "Next: generator status   how it differs\n      generator update   bring it up"
        )


def _document(root: Path, adopted: "Adopted", *, written: bool) -> dict[str, Any]:
    match = adopted.match
    return {
        "service": adopted.answers.service_name,
        "template": adopted.answers.template,
        "version": match.source.version,
        "written": written,
        "as_rendered": len(match.same),
        "edited": list(match.edited),
        "missing": list(match.missing),
        "changes": rows(root, adopted.changes, written=written),
    }


def _print_match(adopted: "Adopted") -> None:
    answers, match = adopted.answers, adopted.match
    typer.echo(
        f"{answers.service_name}: {answers.template} {match.source.version}, "
        f"{len(match.same)} files as rendered."
    )
    for word, paths in (("edited", match.edited), ("missing", match.missing)):
        for path in paths:
            typer.echo(f"  {word:<7}  {path}")
