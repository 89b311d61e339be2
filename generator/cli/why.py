"""`generator why FILE[:LINE]` tells where a file, or a line of it, came from."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli import console
from generator.cli.options import Dev, Json, WorkspaceFolder
from generator.errors import UsageError

if TYPE_CHECKING:
    from generator.usecases.provenance import Provenance


def why(
    file: Annotated[
        str,
        typer.Argument(help="A file of the workspace, and a line of it.", metavar="FILE[:LINE]"),
    ],
    *,
    dev: Dev = False,
    workspace: WorkspaceFolder = Path(),
    as_json: Json = False,
) -> None:
    """Tell where a file or a line comes from. The template's file, its version and the answers.

    Example: generator why services/users-api/pyproject.toml:12
    """
    from generator.usecases.provenance import provenance_of
    from generator.workspace import open_workspace

    opened = open_workspace(workspace)
    name, line = _split(file)
    place = Path(os.path.abspath(workspace / name))  # noqa: PTH100 - a link is asked about itself
    if not place.is_relative_to(opened.root):
        raise UsageError(f"{name} is not in {opened.root}.")
    path = place.relative_to(opened.root).as_posix()
    found = provenance_of(opened, path, line=line, dev=dev)
    if as_json:
        console.print_json(_document(found))
    else:
        _print(found)


def _split(file: str) -> tuple[str, int]:
    name, colon, line = file.rpartition(":")
    if not colon or not line.isdecimal():
        return file, 0
    if not int(line):
        raise UsageError(f"{name} has no line 0.", hint="Lines are counted from 1.")
    return name, int(line)


def _print(found: "Provenance") -> None:
    place = f"{found.path}:{found.line}" if found.line else found.path
    typer.echo(f"{place}: {_OWNERS[found.owner]}: {found.reason}")
    if found.project is None or found.origin is None:
        return
    typer.echo(f"  template  {found.project.template} {found.project.current.version}")
    typer.echo(f"  file      {found.origin.path}{_lines(found)}")
    for key, value in found.answers.items():
        typer.echo(f"  answer    {key}: {value!r}")


_OWNERS = {"template": "the template's", "wiring": "generated", "you": "yours"}


def _lines(found: "Provenance") -> str:
    if found.origin is None or found.origin.lines is None:
        return ""
    first, last = found.origin.lines
    return f":{first}" if first == last else f":{first}-{last}"


def _document(found: "Provenance") -> dict[str, object]:
    project, origin = found.project, found.origin
    return {
        "path": found.path,
        "line": found.line or None,
        "owner": found.owner,
        "reason": found.reason,
        "name": project.name if project else "",
        "template": project.template if project else "",
        "version": project.current.version if project else "",
        "source": project.current.url if project else "",
        "file": origin.path if origin else "",
        "lines": list(origin.lines) if origin and origin.lines else None,
        "answers": dict(found.answers),
    }
