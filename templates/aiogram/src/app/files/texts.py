"""What /files says."""

from collections.abc import Sequence

from app.translations import gettext as _

_KIB, _MIB = 1024, 1024 * 1024


def none() -> str:
    """Return what is said to somebody who has sent nothing yet."""
    return _("You have sent no files yet. Send me a photo or a document.")


def page(lines: Sequence[str]) -> str:
    """Return a page of files."""
    return "\n".join([_("<b>Your files</b>, the newest first:"), *lines])


def line(name: str, size: int, day: str, status: str) -> str:
    """Return the line of a file; a status that is not known here is shown as it is."""
    states = {
        "pending": _("waiting"),
        "processing": _("in work"),
        "ready": _("ready"),
        "failed": _("failed"),
    }
    return _(
        "{name} - {size}, {day}, {status}",
        name=name,
        size=_size(size),
        day=day,
        status=states.get(status, status),
    )


def newest() -> str:
    """Return what stands on the button to the first page."""
    return _("Newest")


def older() -> str:
    """Return what stands on the button to the next page."""
    return _("Older")


def summary() -> str:
    """Return what /files is for."""
    return _("what you have sent me")


def _size(size: int) -> str:
    if size < _KIB:
        return f"{size} B"
    return f"{size / _KIB:.0f} KiB" if size < _MIB else f"{size / _MIB:.1f} MiB"
