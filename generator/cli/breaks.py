"""`generator verify --against` says what a change breaks for whom."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from generator.cli import console

if TYPE_CHECKING:
    from generator.workspace import Workspace


def show_breaks(workspace: "Workspace", ref: str, names: Sequence[str], *, as_json: bool) -> None:
    """Print what fitted at the ref and does not fit now; leave with 1 when there is something."""
    from generator.usecases.contracts import compare_with

    compared = compare_with(workspace, ref, names)
    if as_json:
        console.print_json(
            {
                "against": {"ref": compared.ref, "commit": compared.commit},
                "breaks": [asdict(each) for each in compared.breaks],
                "told": list(compared.told),
            }
        )
    else:
        for each in compared.breaks:
            typer.echo(each.text)
        if not compared.breaks:
            typer.echo(f"Nothing that others rely on is broken since {ref}.")
    for line in compared.told:
        console.tell(f"Messages not compared: {line}.")
    if compared.breaks:
        raise typer.Exit(1)
