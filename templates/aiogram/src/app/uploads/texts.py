"""What people are told about what they send."""

from collections.abc import Iterable, Sequence

from app.translations import gettext as _
from app.translations import ngettext

_MIB = 1024 * 1024


def saved(names: Sequence[str], pictures: int, refused: Iterable[str]) -> str:
    """Return what is said when files were saved, some perhaps not, and thumbnails follow."""
    lines = []
    if names:
        lines.append(_("Saved: {names}.", names=", ".join(names)))
    if pictures:
        lines.append(ngettext("The thumbnail follows.", "{n} thumbnails follow.", pictures))
    return "\n".join([*lines, *refused])


def ready(names: Sequence[str], failures: Iterable[tuple[str, str]]) -> str:
    """Return what is said when all pictures were processed."""
    lines = [_("Ready: {names}.", names=", ".join(names))] if names else []
    failed = [
        _("{name} could not be processed: {reason}", name=name, reason=reason)
        for name, reason in failures
    ]
    return "\n".join([*lines, *failed])


def too_large(name: str, max_bytes: int) -> str:
    """Return what is said to a file that is too large."""
    return _(
        "{name} is too large: I take up to {size} MiB.", name=name, size=f"{max_bytes / _MIB:g}"
    )


def not_taken(name: str) -> str:
    """Return what is said to a file of another kind."""
    return _("{name} is neither a picture (JPEG, PNG, GIF, WebP) nor a PDF.", name=name)
