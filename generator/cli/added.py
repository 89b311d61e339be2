"""Says what a new service brought: for people, or as data."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from generator.cli import console

if TYPE_CHECKING:
    from generator.usecases.add_service import AddedService


def reported(added: "AddedService", *, as_json: bool, dry_run: bool) -> dict[str, Any] | None:
    """Say what was done; or return it, when it is to be printed as data."""
    if as_json:
        return _document(added, dry_run=dry_run)
    _print_added(added, dry_run=dry_run)
    return None


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
        "unfilled_secrets": list(added.unfilled),
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
    if added.unfilled:
        console.tell(fill_in(added.unfilled))


def fill_in(names: Sequence[str]) -> str:
    """The next step where secrets are missing that only a person can give."""
    return f"Fill in .env: {', '.join(names)} (what for: wiring/secrets.env.example)."
