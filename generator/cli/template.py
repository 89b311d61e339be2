"""`generator template test` tries an organisation's own templates before anybody is given them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli import console
from generator.cli.completion import complete_tested
from generator.cli.options import Dev, Fetch, Json, WorkspaceFolder

if TYPE_CHECKING:
    from generator.usecases.template_trial import TrialCheck, TrialReport

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)

_STYLES = {"passed": "green", "failed": "bold red", "not_run": "yellow"}


@app.callback()
def group() -> None:
    """For those who write templates: test them."""


@app.command("test")
def run_tests(
    place: Annotated[
        str,
        typer.Argument(
            help="A folder with templates, one template's folder, SOURCE or SOURCE/TEMPLATE.",
            metavar="[PATH|SOURCE/TEMPLATE]",
            autocompletion=complete_tested,
        ),
    ] = ".",
    *,
    no_verify: Annotated[
        bool, typer.Option("--no-verify", help="Look at what is rendered only; run nothing of it.")
    ] = False,
    fetch: Fetch = False,
    dev: Dev = False,
    workspace: WorkspaceFolder = Path(),
    as_json: Json = False,
) -> None:
    """Render every answer set of the templates, look at what came out, and verify it.

    Every condition must go both ways, every file be in some rendering, every free text come back
    from every format, and plain `copier copy` give the same bytes. Then a service of each answer
    set is made in a scratch workspace and verified there: that runs its code.

    Example: generator template test ./templates/orders --no-verify
    """
    from generator.cli.progress import Progress
    from generator.usecases.template_trial import TrialRequest, try_templates

    request = TrialRequest(
        place=place, workspace=workspace, verify=not no_verify, dev=dev, fetch=fetch
    )
    with Progress() as progress:
        found = try_templates(request, progress.tell, progress)
    if as_json:
        console.print_json(_document(found))
    else:
        _print(found)
    if found.verified and found.verified.missing:
        console.complain(found.verified.missing)
    if found.exit_code:
        raise typer.Exit(found.exit_code)


def _document(found: "TrialReport") -> dict[str, Any]:
    from generator.cli.verify import document_of

    return {
        "place": found.place,
        "version": found.version,
        "checks": [
            {
                "template": check.template,
                "check": check.check,
                "outcome": check.outcome,
                "seconds": round(check.seconds, 3),
                "reason": check.reason,
                "findings": list(check.findings),
            }
            for check in found.checks
        ],
        "verification": document_of(found.verified) if found.verified else None,
    }


def _print(found: "TrialReport") -> None:
    from rich.table import Table
    from rich.text import Text

    out = console.output_console()
    table = Table(box=None, pad_edge=False)
    for title in ("template", "check", "result", "time", "detail"):
        table.add_column(title, justify="right" if title == "time" else "left")
    for check in found.checks:
        table.add_row(
            Text(check.template),
            Text(check.check),
            Text(check.outcome.replace("_", " "), style=_STYLES[check.outcome]),
            Text(f"{check.seconds:.1f} s"),
            Text(check.reason),
        )
    out.print(table)
    for check in found.checks:
        _print_findings(check)


def _print_findings(check: "TrialCheck") -> None:
    if not check.findings:
        return
    typer.echo(f"\n{check.template} {check.check}:")
    for finding in check.findings:
        first, *tail = finding.splitlines()
        typer.echo(f"  {first}")
        for line in tail:
            typer.echo(f"    {line}")
