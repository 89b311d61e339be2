"""Shows a change set: the tree or the diff of what would be written, or the data of either."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from generator.cli import console

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.changes import ChangeSet
    from generator.updating.model import FileOutcome


def show(
    root: Path, changes: "ChangeSet", *, as_diff: bool, below: str = "", locks: bool = False
) -> None:
    """Print what would be written.

    Args:
        root: the folder that would be changed.
        changes: what is shown.
        as_diff: the whole diff instead of the tree.
        below: the folder's name, where its own does not go without saying.
        locks: whether uv.lock would follow, which a look at it leaves out.
    """
    from generator.changes import views

    if as_diff:
        typer.echo(views.diff(root, changes), nl=False)
    else:
        if below and changes:
            typer.echo(f"{below}/")
        typer.echo(views.tree(changes), nl=False)
    if locks:
        console.tell("uv.lock would follow; it is not looked at, for uv may run code to make it.")
    console.tell(f"{counted(changes)}; nothing was written.")


def counted(changes: "ChangeSet") -> str:
    """How much would change, in words."""
    number = len(changes.entries)
    return f"{number} file{'' if number == 1 else 's'} would change"


def rows(root: Path, changes: "ChangeSet", *, written: bool) -> list[dict[str, object]]:
    """The entries as data; with diffs while there is still something to compare with."""
    from generator.changes import views

    return views.document(changes, root=None if written else root)


def merged_rows(files: "Iterable[FileOutcome]") -> list[dict[str, str]]:
    """What a merge makes of each file, as data."""
    return [
        {
            "path": file.path,
            "outcome": file.outcome.value,
            "reason": file.reason,
            "renamed_from": file.renamed_from,
        }
        for file in files
    ]
