"""Makes entries from a folder that was prepared aside."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from generator.changes.model import FILE_MODE, LINK_MODE, Delete, FileState, Write, state_at
from generator.files import Root, cannot_write


def writes_of(folder: Path, below: str = "") -> Iterator[Write]:
    """An entry for every file and link in a prepared folder, to come where nothing is yet.

    Args:
        folder: the prepared folder.
        below: where its content goes, relative to the root; empty for the root itself.
    """
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            continue
        relative = path.relative_to(folder).as_posix()
        is_link = stat.S_ISLNK(mode)
        yield Write(
            path=f"{below}/{relative}" if below else relative,
            content=os.fsencode(path.readlink()) if is_link else path.read_bytes(),
            mode=LINK_MODE if is_link else mode,
        )


def rewrite(root: Path, path: str, content: bytes, mode: int = FILE_MODE) -> Write:
    """An entry for a file that is there or not, in place of what is there now.

    Args:
        root: read, not written.
        path: relative to the root.
        content: what it will hold.
        mode: for a file that is not there yet; one that is keeps its own.
    """
    found = state_of(root, path)
    return Write(path=path, content=content, mode=found.mode if found else mode, expects=found)


def removal(root: Path, path: str) -> Delete:
    """An entry for a file or a link that goes, as it is now.

    Raises:
        FileNotFoundError: when nothing is there.
    """
    found = state_of(root, path)
    if found is None:
        raise FileNotFoundError(path)
    return Delete(path=path, expects=found)


def states_of(root: Path, paths: Iterable[str]) -> dict[str, FileState | None]:
    """What is at each of these paths, as `state_of` has it."""
    try:
        with Root(root) as below:
            return {path: state_at(below, path) for path in paths}
    except OSError as error:
        raise cannot_write(root / (error.filename or ""), error) from error


def state_of(root: Path, path: str) -> FileState | None:
    """What file or link is at a path below `root`; None when nothing is.

    Raises:
        DestinationRefusedError: when a link stands in the way to it, or it cannot be read.
    """
    try:
        with Root(root) as below:
            return state_at(below, path)
    except OSError as error:
        raise cannot_write(root / path, error) from error
