"""`generator up` runs the whole system on this machine."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from generator.cli import console
from generator.cli.completion import complete_subject
from generator.cli.options import Fetch, Json, WorkspaceFolder
from generator.cli.services_table import document_of
from generator.errors import UsageError

if TYPE_CHECKING:
    from generator.running import Record
    from generator.usecases.up import UpRequest
    from generator.workspace import Workspace

_INTERRUPTED = 130


def up(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Services; those that they call are started as well. All when left out.",
            metavar="[NAME]...",
            autocompletion=complete_subject,
        ),
    ] = None,
    *,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="Show only what these say, as in users-api,users-data."),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin without the data and files of former runs.")
    ] = False,
    detach: Annotated[
        bool, typer.Option("--detach", help="Run in the background; return once it has begun.")
    ] = False,
    until_ready: Annotated[
        bool,
        typer.Option(
            "--until-ready",
            help="Run in the background; return once every service is ready, or fail.",
        ),
    ] = False,
    fake_telegram: Annotated[
        bool,
        typer.Option(
            "--fake-telegram", help="Play Telegram on loopback, with a page to chat as a person."
        ),
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Start a service again when its code has changed.")
    ] = False,
    observe: Annotated[
        bool, typer.Option("--observe", help="Show the trace of each request through the services.")
    ] = False,
    compose: Annotated[
        bool,
        typer.Option("--compose", help="Build the images and run them by Docker Compose instead."),
    ] = False,
    fetch: Fetch = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Do not show what services say.")] = False,
    view: Annotated[
        bool,
        typer.Option("--view", help="Fill the terminal: services, their lines, a key to restart."),
    ] = False,
    workspace: WorkspaceFolder = Path(),
    as_json: Json = False,
) -> None:
    """Run the whole system on this machine. Servers and services are processes; Ctrl-C ends them.

    Needs no Docker. Services get what compose would give them, and start in the order of their
    links; one that crashes is started again. Data and files stay in .generator/up until --fresh.
    With --json, what runs is printed once it is ready, and nothing else. With --compose it runs
    from images, as in production, where a Docker engine is.

    Example: generator up --fake-telegram
    """
    from generator.usecases.service_plans import FAKES
    from generator.usecases.up import UpRequest
    from generator.workspace import open_workspace

    opened = open_workspace(workspace)
    if compose:
        options = (only, fresh, fake_telegram, watch, observe, fetch, quiet, view, as_json)
        _refuse_with_compose(*map(bool, options))
        _run_containers(opened, names or (), detach=detach, until_ready=until_ready)
        return
    shown = [name for word in only or () for name in word.split(",") if name]
    for name in shown:
        opened.service(name)
    request = UpRequest(
        names=tuple(names or ()),
        fresh=fresh,
        fetch=fetch,
        fakes=frozenset({FAKES["--fake-telegram"]} if fake_telegram else ()),
        watch=watch,
        observe=observe,
    )
    if view:
        background = "--detach" if detach else "--until-ready" if until_ready else ""
        _refuse_with_view(background, "--quiet" if quiet else "", "--json" if as_json else "")
        _run_full_screen(opened, request, shown)
    if not (detach or until_ready):
        _run_here(opened, request, shown=shown, quiet=quiet, as_json=as_json)
        return
    _refuse_in_background("--only" if shown else "", "--observe" if observe else "")
    _run_in_background(opened, request, until_ready=until_ready, as_json=as_json)


def _refuse_in_background(*options: str) -> None:
    for option in filter(None, options):
        raise UsageError(
            f"{option} is for what is shown, and in the background nothing is.",
            hint="See what services say with: generator logs NAME --follow",
        )


def _refuse_with_view(*options: str) -> None:
    for option in filter(None, options):
        raise UsageError(
            f"--view fills the terminal, and {option} leaves it alone.",
            hint=f"Leave one of the two out: generator up {option}",
        )


def _refuse_with_compose(*given: bool) -> None:
    options = (
        "--only",
        "--fresh",
        "--fake-telegram",
        "--watch",
        "--observe",
        "--fetch",
        "--quiet",
        "--view",
        "--json",
    )
    for option, is_given in zip(options, given, strict=True):
        if is_given:
            raise UsageError(
                f"{option} is for processes, and --compose runs containers.",
                hint=f"Leave one of the two out: generator up {option}",
            )


def _run_containers(
    workspace: "Workspace", names: Sequence[str], *, detach: bool, until_ready: bool
) -> None:
    from generator.usecases.compose_engine import Staying, compose_up

    staying = Staying.NOT_AT_ALL if detach else Staying.UNTIL_ENDED
    staying = Staying.UNTIL_HEALTHY if until_ready else staying
    raise typer.Exit(compose_up(workspace, names, staying, console.tell))


def _run_in_background(
    workspace: "Workspace", request: "UpRequest", *, until_ready: bool, as_json: bool
) -> None:
    from generator.usecases.running_system import start_in_background

    record = start_in_background(workspace, _words(request), until_ready=until_ready)
    if as_json:
        console.print_json(document_of(record))
    else:
        _tell_urls(record, console.tell)
        console.tell("See it: generator ps · generator logs --follow. End it: generator down.")


def _words(request: "UpRequest") -> Sequence[str]:
    """The words that start the same in the background."""
    words = ["--quiet", *(["--fresh"] if request.fresh else [])]
    words += ["--fetch"] if request.fetch else []
    words += ["--fake-telegram"] if request.fakes else []
    words += ["--watch"] if request.watch else []
    return [*words, "--", *request.names]


def _run_here(
    workspace: "Workspace",
    request: "UpRequest",
    *,
    shown: Sequence[str],
    quiet: bool,
    as_json: bool,
) -> None:
    from generator.cli.log_view import LogView
    from generator.usecases.up import bring_up

    def on_ready(record: "Record") -> None:
        if as_json:
            console.print_json(document_of(record))
            sys.stdout.flush()
        else:
            _tell_urls(record, view.tell)
            view.tell("Ready. Ctrl-C ends it.")

    view = LogView(shown, quiet=quiet or as_json, on_ready=on_ready)
    with view:
        try:
            bring_up(workspace, request, view)
        except KeyboardInterrupt:
            view.tell("Stopped.")
            raise SystemExit(_INTERRUPTED) from None


def _run_full_screen(
    workspace: "Workspace", request: "UpRequest", shown: Sequence[str]
) -> NoReturn:
    from generator.cli.screen.parent import ScreenView, require_screen
    from generator.usecases.up import bring_up

    require_screen()
    view = ScreenView(workspace.name, shown)
    try:
        with view:
            bring_up(workspace, request, view, on_started=view.attach)
    except KeyboardInterrupt:
        console.tell("Stopped.")
    raise SystemExit(0 if view.was_quit else _INTERRUPTED)


def _tell_urls(record: "Record", tell: "Callable[[str], None]") -> None:
    for service in record.services:
        tell(f"{service.name}: {service.state}, {service.url}")
    for name, url in record.fakes.items():
        tell(f"{name}: chat as a person at {url}")
