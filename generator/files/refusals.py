"""Says that a place cannot be written, and refuses links where something would be."""

import errno
from pathlib import Path

from generator.errors import DestinationRefusedError, DiskError

# Another place or other rights would not help against these.
_OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def is_disk_failure(error: BaseException) -> bool:
    """Whether the disk is full or fails, or a limit on what may be written to it is reached."""
    return isinstance(error, OSError) and error.errno in _OF_THE_DISK


def cannot_write(path: Path, error: OSError) -> DestinationRefusedError | DiskError:
    """The one line for a place that the system refuses to write, or a disk that cannot take it."""
    message = f"{path} cannot be written: {error.strerror or type(error).__name__}."
    if is_disk_failure(error):
        return DiskError(
            message,
            hint="Check the disk, its free space and quota; nothing was left half written.",
        )
    return DestinationRefusedError(
        message, hint="Check the folder's rights; nothing was left half written."
    )


def refuse_links(root: Path, *places: Path) -> None:
    """See that none of these places below `root` is reached over a symbolic link.

    Whoever made the workspace may have put one there, to lead what is written out of it.

    Raises:
        DestinationRefusedError: that names the link.
    """
    for place in places:
        at = root
        for part in place.relative_to(root).parts:
            at /= part
            if at.is_symlink():
                raise DestinationRefusedError(
                    f"{at} is a link to {at.readlink()}, and what is written goes nowhere else.",
                    hint="Put a real file or folder in its place.",
                )
