"""`generator verify` runs the checks of services, shared library and workspace."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from generator.cli import console
from generator.cli.breaks import show_breaks
from generator.cli.completion import complete_subject
from generator.cli.options import Fetch, Json, UseRunning, WorkspaceFolder
from generator.errors import UsageError

if TYPE_CHECKING:
    from generator.usecases.lazy_backing import LazyBacking
    from generator.usecases.verify import Verified, VerifyRequest
    from generator.workspace import Workspace


def verify(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Services, `shared` or `workspace`; everything when left out.",
            autocompletion=complete_subject,
        ),
    ] = None,
    *,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            help="Only these checks, as in lint,types; with --system these scenarios.",
            metavar="CHECKS",
        ),
    ] = None,
    changed: Annotated[
        str, typer.Option("--changed", help="Only services changed since a git ref.", metavar="REF")
    ] = "",
    against: Annotated[
        str,
        typer.Option(
            "--against",
            help="Run nothing: say what breaks for whom in HTTP, events and tasks since a git ref.",
            metavar="REF",
        ),
    ] = "",
    shard: Annotated[
        str,
        typer.Option(
            "--shard", help="Only this part of it: every subject is in one of N.", metavar="I/N"
        ),
    ] = "",
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Run also what is unchanged since it was green.")
    ] = False,
    strict: Annotated[
        bool | None,
        typer.Option(
            "--strict/--no-strict",
            help="A check that could not run is a finding; the default where CI is set.",
            show_default=False,
        ),
    ] = None,
    system: Annotated[
        bool,
        typer.Option(
            "--system", help="Start the whole system, play its scenarios, kill each part of it."
        ),
    ] = False,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="Checks at the same time; 0: one a core.")
    ] = 0,
    use_running: UseRunning = False,
    fetch: Fetch = False,
    junit: Annotated[
        Path | None, typer.Option("--junit", help="Write JUnit XML here.", metavar="FILE")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a page for people here.", metavar="FILE")
    ] = None,
    workspace: WorkspaceFolder = Path(),
    as_json: Json = False,
) -> None:
    """Run every check of the services. That is lint, types, their suites, rules and a real start.

    Tests run on real servers, started for this run and removed after it. What is unchanged since
    it was green is not run again. Exit 1 when something is red.

    Example: generator verify users-data --only tests
    """
    from generator.usecases.verify import VerifyRequest
    from generator.workspace import open_workspace

    if against:
        _refuse_besides_against(only, changed, shard, junit, html, system)
        show_breaks(open_workspace(workspace), against, names or (), as_json=as_json)
        return
    _refuse_unwritable(junit, html)
    request = VerifyRequest(
        names=tuple(names or ()),
        only=tuple(word.strip() for word in ",".join(only or ()).split(",") if word.strip()),
        changed=changed,
        shard=shard,
        use_cache=not no_cache,
        strict=bool(os.environ.get("CI")) if strict is None else strict,
        jobs=jobs,
        use_running=use_running,
        fetch=fetch,
        messages=True,
    )
    opened = open_workspace(workspace)
    verified = _verify_system(opened, request) if system else verify_shown(opened, request)
    _write_reports(opened, verified, junit, html)
    if as_json:
        console.print_json(document_of(verified))
    conclude(verified, shown=not as_json)


def _verify_system(workspace: "Workspace", request: "VerifyRequest") -> "Verified":
    from generator.cli.progress import Progress
    from generator.usecases.system_check import SystemRequest, verify_system

    given = {
        "--changed": request.changed,
        "--shard": request.shard,
        "--no-cache": not request.use_cache,
        "--jobs": request.jobs,
        "--use-running": request.use_running,
    }
    if unfit := [option for option, value in given.items() if value]:
        raise UsageError(
            f"{', '.join(unfit)} cannot be used with --system.",
            hint="A system is always started anew, whole, and on servers of its own.",
        )
    asked = SystemRequest(
        names=request.names, only=request.only, strict=request.strict, fetch=request.fetch
    )
    with Progress() as progress:
        return verify_system(workspace, asked, report=progress.tell, on_event=progress)


def _refuse_besides_against(*others: object) -> None:
    if any(others):
        raise UsageError(
            "--against compares descriptions and runs no check.",
            hint="Leave out --only, --changed, --shard, --junit, --html and --system.",
        )


def verify_shown(
    workspace: "Workspace", request: "VerifyRequest", backing: "LazyBacking | None" = None
) -> "Verified":
    """Verify with progress on stderr; on servers that were begun before, if there are any."""
    from generator.cli.progress import Progress
    from generator.usecases.verify import verify_workspace

    with Progress() as progress:
        return verify_workspace(
            workspace, request, report=progress.tell, on_event=progress, backing=backing
        )


def document_of(verified: "Verified") -> dict[str, Any]:
    """The report as JSON takes it."""
    from generator.verification.reports import report_document

    return report_document(verified.report)


def conclude(verified: "Verified", *, shown: bool) -> None:
    """Show the report if it is asked for, say what was missing, and leave with the exit code."""
    if shown:
        from generator.cli.report import print_report

        print_report(verified.report)
    if verified.missing:
        console.complain(verified.missing)
    if verified.exit_code:
        raise typer.Exit(verified.exit_code)


def _refuse_unwritable(*paths: Path | None) -> None:
    for path in paths:
        if path is not None and not path.absolute().parent.is_dir():
            raise UsageError(
                f"{path} cannot be written: {path.parent} is not a folder.", hint="Make it first."
            )


def _write_reports(
    workspace: "Workspace", verified: "Verified", junit: Path | None, html: Path | None
) -> None:
    from generator.files import cannot_write
    from generator.usecases.graph import picture_for_report
    from generator.verification.reports import html_page, junit_xml

    for path, write in (
        (junit, junit_xml),
        (html, lambda report: html_page(report, picture_for_report(workspace))),
    ):
        if path is None:
            continue
        try:
            path.write_text(write(verified.report), encoding="utf-8")
        except OSError as error:
            raise cannot_write(path, error) from error
        console.tell(f"Wrote {path}.")
