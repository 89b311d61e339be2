"""Says that a place cannot be written, and refuses links where something would be."""

from pathlib import Path

from generator.errors import DestinationRefusedError


def cannot_write(path: Path, error: OSError) -> DestinationRefusedError:
    """The one line for a place that the system refuses to write."""
    reason = error.strerror or type(error).__name__
    return DestinationRefusedError(
        f"{path} cannot be written: {reason}.",
        hint="Check the folder's rights and the free space; nothing was left half written.",
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
