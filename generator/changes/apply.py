"""Carries out a change set whole or not at all, also when it is killed on the way."""

from dataclasses import dataclass
from pathlib import Path

from generator.changes import journal
from generator.changes.journal import Journal, UnreadableJournalError
from generator.changes.model import ChangeSet, state_at
from generator.changes.planning import plan_steps
from generator.changes.steps import (
    Place,
    PlaceBehindLink,
    PlaceFolder,
    Step,
    TakeOut,
    changed_since,
    state_behind,
)
from generator.errors import DestinationRefusedError, DiskError, GeneratorError
from generator.files import Root, cannot_write


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovery:
    """What became of an interrupted change.

    Attributes:
        title: the command that had begun it.
        complete: whether all of it is there; otherwise nothing of it is.
        kept: the paths that were left as somebody made them since; only by force.
        aside: the folder in which what they replaced is kept; empty when there are none.
    """

    title: str
    complete: bool
    kept: tuple[str, ...] = ()
    aside: str = ""


def apply(root: Path, changes: ChangeSet, *, undoable: bool = True) -> None:
    """Carry out every entry; when one cannot be, all is as it was before.

    The caller holds the workspace's lock and has recovered what was interrupted.

    Args:
        root: the folder that the entries' paths are relative to.
        changes: what to write, move and delete.
        undoable: whether what is needed to take it back is kept, until the next change; else
            nothing can be undone afterwards.

    Raises:
        ConflictError: that names the path which is not as its entry expects it.
        DestinationRefusedError: when a link is in the way, or a place may not be written.
        DiskError: when the disk is full or fails.
    """
    if not changes:
        return
    with Root(root) as below:
        try:
            begun = journal.begin(below, changes, plan_steps(below, changes))
        except OSError as error:
            raise cannot_write(Path(error.filename or root), error) from error
        try:
            for step in begun.steps:
                _carry_out(below, step)
        except BaseException:
            _settle(below, begun)
            raise
        _end(below, undoable=undoable)


def is_interrupted(root: Path) -> bool:
    """Whether a change was begun here and has not come to its end; nothing is written."""
    with Root(root) as below:
        return journal.is_pending(below)


def recover(root: Path, *, force: bool = False) -> Recovery | None:
    """Bring an interrupted change to its end: complete if all of it is there, else taken back.

    The caller holds the workspace's lock.

    Args:
        root: the folder that was being changed.
        force: whether what cannot be taken back is left as it is; what it replaced is kept.

    Returns:
        What became of it; None when nothing was interrupted.

    Raises:
        ConflictError: when the journal cannot be read, or a person has since changed what
            would be taken back; then nothing is changed.
        DestinationRefusedError: when a link is in the way, or a place may not be written.
        DiskError: when the disk is full or fails.
    """
    with Root(root) as below:
        if not journal.is_pending(below):
            return None
        try:
            return _recover(below, journal.read(below), force=force)
        except UnreadableJournalError:
            if not force:
                raise
            return Recovery(title="", complete=False, aside=journal.put_aside(below))
        except OSError as error:
            raise _stuck(below, error) from error


def _recover(root: Root, begun: Journal, *, force: bool) -> Recovery:
    if _is_complete(root, begun.steps):
        journal.keep(root)
        return Recovery(title=begun.title, complete=True)
    changed = next(filter(None, (step.changed(root) for step in begun.steps)), "")
    if changed and not force:
        raise changed_since(root, changed)
    kept = _take_back(root, begun.steps, force=force)
    if not kept:
        journal.end(root)
        return Recovery(title=begun.title, complete=False)
    aside = journal.put_aside(root)
    return Recovery(title=begun.title, complete=False, kept=kept, aside=aside)


def _carry_out(root: Root, step: Step) -> None:
    try:
        step.do(root)
    except OSError as error:
        raise cannot_write(root.path / step.path, error) from error


def _settle(root: Root, begun: Journal) -> None:
    """After a failure: nothing of the change is left, or all of it is there.

    What fails here stays in the journal, and the next command goes on with it.
    """
    try:
        if not _is_complete(root, begun.steps):
            _take_back(root, begun.steps, force=False)
        journal.end(root)
    except OSError as error:
        raise _stuck(root, error) from error


def _end(root: Root, *, undoable: bool) -> None:
    try:
        if undoable:
            journal.keep(root)
        else:
            journal.forget(root)
            journal.end(root)
    except OSError as error:
        raise _stuck(root, error) from error


def _stuck(root: Root, error: OSError) -> DestinationRefusedError | DiskError:
    refusal = cannot_write(Path(error.filename or root.path), error)
    refusal.hint = "Mend the cause, then run `generator sync`: it goes on with what was begun."
    return refusal


def _take_back(root: Root, steps: tuple[Step, ...], *, force: bool) -> tuple[str, ...]:
    kept = []
    for step in reversed(steps):
        try:
            step.undo(root)
        except (GeneratorError, OSError):
            if not force:
                raise
            kept.append(step.path)
    return tuple(kept)


def _is_complete(root: Root, steps: tuple[Step, ...]) -> bool:
    return all(_is_done(root, step) for step in steps)


def _is_done(root: Root, step: Step) -> bool:
    match step:
        case Place():
            return state_at(root, step.path) == step.after
        case PlaceFolder():
            return root.is_folder(step.path) and all(
                state_at(root, path) == state for path, state in step.files.items()
            )
        case PlaceBehindLink():
            return state_behind((root.path / step.path).resolve()) == step.after
        case TakeOut():
            return state_at(root, step.path) != step.before
        case _:
            return not root.is_folder(step.path)
