"""`generator logs` shows what services have said, merged or filtered."""

import json
import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli import console
from generator.cli.completion import complete_subject
from generator.cli.options import Json, WorkspaceFolder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.running import LogLine


def logs(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Services; all when left out.",
            metavar="[NAME]...",
            autocompletion=complete_subject,
        ),
    ] = None,
    *,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what is said from now on.")
    ] = False,
    request_id: Annotated[
        str, typer.Option("--request-id", help="Only lines that name this request.", metavar="ID")
    ] = "",
    last: Annotated[
        int, typer.Option("--lines", "-n", min=0, help="Only the last so many; 0: all.")
    ] = 0,
    workspace: WorkspaceFolder = Path(),
    as_json: Json = False,
) -> None:
    """Show what the services say.

    When nothing runs, it is what they said in the last run. Lines are in the order in which
    they came. With --json each is an object on a line of its own: when, whose, what.

    Example: generator logs users-api media-worker --request-id 4f5a
    """
    from generator.running import follow_logs, read_logs
    from generator.usecases.running_system import logged_services, places_of, running_system
    from generator.workspace import open_workspace

    opened = open_workspace(workspace)
    services = logged_services(opened, names or ())
    folder = places_of(opened).logs

    def show(lines: "Iterable[LogLine]", count: int = 0) -> None:
        kept = (line for line in lines if not request_id or line.names(request_id))
        _print(deque(kept, maxlen=count) if count else kept, as_json=as_json)

    if not follow:
        show(read_logs(folder, services), last)
        return
    # At first everything so far comes at once, then what is new.
    tail = follow_logs(folder, services, lambda: running_system(opened) is not None)
    show(next(tail), last)
    for lines in tail:
        show(lines)


def _print(lines: "Iterable[LogLine]", *, as_json: bool) -> None:
    from generator.cli.log_format import LineFormat
    from generator.cli.log_view import is_shown_coloured

    shown = LineFormat(coloured=is_shown_coloured())
    for line in lines:
        if as_json:
            fields = {"moment": line.moment, "service": line.service, "text": line.text}
            text = json.dumps({"schema": console.JSON_SCHEMA, **fields}, ensure_ascii=False) + "\n"
        else:
            text = shown(line.service, line.moment, [line.text])
        sys.stdout.write(text)
        sys.stdout.flush()
