"""Says what a new service brought: for people, or as data."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from generator.cli import console
from generator.cli.changed import rows, show

if TYPE_CHECKING:
    from generator.usecases.add_service import AddedService


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """How to say it.

    Attributes:
        as_json: as data.
        dry_run: nothing was written.
        as_diff: show the whole diff.
        locks: uv.lock is part of it.
    """

    as_json: bool = False
    dry_run: bool = False
    as_diff: bool = False
    locks: bool = True


def reported(root: Path, added: "AddedService", output: Output) -> dict[str, Any] | None:
    """Say what was done; or return it, when it is to be printed as data."""
    if added.warning:
        console.tell(added.warning)
    if output.as_json:
        return _document(root, added, dry_run=output.dry_run)
    if output.dry_run:
        show(root, added.changes, as_diff=output.as_diff, locks=output.locks)
    else:
        _print_added(added)
    return None


def _document(root: Path, added: "AddedService", *, dry_run: bool) -> dict[str, Any]:
    return {
        "service": added.answers.service_name,
        "template": added.answers.template,
        "version": added.answers.commit,
        "port": added.answers.port,
        "folder": added.folder,
        "files": list(added.files),
        "changes": rows(root, added.changes, written=not dry_run),
        "new_secrets": list(added.new_secrets),
        "unfilled_secrets": list(added.unfilled),
        "dry_run": dry_run,
    }


def _print_added(added: "AddedService") -> None:
    answers = added.answers
    typer.echo(
        f"Created {added.folder} from {answers.template} {answers.commit}: "
        f"{len(added.files)} files, port {answers.port}."
    )
    if added.wiring:
        typer.echo(f"Wired: {', '.join(added.wiring)}.")
    if added.new_secrets:
        typer.echo(f"Added to .env: {', '.join(added.new_secrets)}.")
    if added.unfilled:
        console.tell(fill_in(added.unfilled))


def fill_in(names: Sequence[str]) -> str:
    """The next step where secrets are missing that only a person can give."""
    return f"Fill in .env: {', '.join(names)} (what for: wiring/secrets.env.example)."
