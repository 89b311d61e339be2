"""Makes entries from a folder that was prepared aside."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from generator.changes.model import LINK_MODE, FileState, Write, state_at
from generator.files import Root


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


def state_of(root: Path, path: str) -> FileState | None:
    """What file or link is at a path below `root`; None when nothing is.

    Raises:
        DestinationRefusedError: when a link stands in the way to it.
    """
    with Root(root) as below:
        return state_at(below, path)
