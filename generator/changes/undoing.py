"""Makes the change that undoes the last one, from what its journal kept."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from generator.changes import journal
from generator.changes.journal import KEPT, Journal
from generator.changes.model import LINK_MODE, ChangeSet, Delete, Entry, FileState, Move, Write
from generator.changes.steps import Place, PlaceBehindLink, PlaceFolder, TakeOut
from generator.errors import ConflictError
from generator.files import Root, cannot_write

_UNDO = "undo: "


def undo_of_last(root: Path) -> ChangeSet | None:
    """The change that brings everything back as it was before the last one; nothing is written.

    Each of its entries expects to find what the last change left, so that whatever a person has
    changed since is a conflict. To undo it is to do the last change again.

    Args:
        root: the folder that was changed.

    Returns:
        None when there is nothing to undo.

    Raises:
        ConflictError: when what was kept cannot be read, or is not whole.
        DestinationRefusedError: when a link is in the way.
    """
    try:
        with Root(root) as below:
            kept = journal.read_kept(below)
            if kept is None:
                return None
            entries = [entry for entry in _entries(below, kept) if _is_file(entry)]
    except OSError as error:
        raise cannot_write(Path(error.filename or root), error) from error
    title = kept.title.removeprefix(_UNDO)
    return ChangeSet.of(title if title != kept.title else f"{_UNDO}{title}", entries)


def forget_last(root: Path) -> None:
    """Forget what the last change replaced, so that nothing of it can be undone.

    The caller holds the workspace's lock.
    """
    try:
        with Root(root) as below:
            journal.forget(below)
    except OSError as error:
        raise cannot_write(root / KEPT, error) from error


def _entries(root: Root, kept: Journal) -> Iterator[Entry]:
    taken = {step.slot: step for step in kept.steps if isinstance(step, TakeOut)}
    for step in kept.steps:
        match step:
            case Place() if step.slot in taken:
                source = taken.pop(step.slot).path
                yield Move(source=step.path, path=source, expects=step.after)
            case Place(before=None):
                yield Delete(path=step.path, expects=step.after)
            case Place(before=FileState() as was):
                yield _back(root, step.path, step.backup, was, expects=step.after)
            case PlaceFolder():
                for path, state in step.files.items():
                    yield Delete(path=path, expects=state)
            case PlaceBehindLink():
                yield _back_behind_link(root, step)
            case _:
                # What was taken out follows, and its folders come with it.
                pass
    for slot, step in taken.items():
        yield _back(root, step.path, slot, step.before, expects=None)


def _back(root: Root, path: str, slot: str, was: FileState, *, expects: FileState | None) -> Write:
    content = _content(root, slot, was)
    return Write(path=path, content=content, mode=was.mode, expects=expects)


def _back_behind_link(root: Root, step: PlaceBehindLink) -> Write:
    content = _content(root, step.backup, step.before) if step.before else b""
    return Write(
        path=step.path,
        content=content,
        mode=(step.before or step.after).mode,
        expects=step.after,
        # Where a person's own link leads is asked of the link, never of the journal.
        through=str((root.path / step.path).resolve()),
        secret=True,
    )


def _content(root: Root, slot: str, was: FileState) -> bytes:
    """What a path held, from where the last change laid it."""
    place = f"{KEPT}/{slot}"
    if was.mode == LINK_MODE:
        return os.fsencode(root.readlink(place))
    if not stat.S_ISREG(was.mode):
        return b""
    content = root.read(place)
    if content is None or FileState.of(content, was.mode) != was:
        raise ConflictError(
            f"{root.path / place} is not what the last command left there.",
            hint="It cannot be undone; `generator undo --forget` removes what was kept.",
        )
    return content


def _is_file(entry: Entry) -> bool:
    """Whether it can be written again; nothing else than files and links is kept."""
    return not isinstance(entry, Write) or stat.S_IFMT(entry.mode) in {stat.S_IFREG, stat.S_IFLNK}
