"""What /help and /cancel say."""

from collections.abc import Sequence

from app.translations import gettext as _


def commands(lines: Sequence[tuple[str, str]]) -> str:
    """Return the list of commands, each with its summary."""
    listed = "\n".join(f"/{command} - {summary}" for command, summary in lines)
    return _("<b>What I can do</b>") + f"\n{listed}"


def cancelled() -> str:
    """Return what is said when a dialogue was ended."""
    return _("Cancelled.")


def nothing_to_cancel() -> str:
    """Return what is said when there was none."""
    return _("There is nothing to cancel.")


def help_summary() -> str:
    """Return what /help is for."""
    return _("what I can do")


def cancel_summary() -> str:
    """Return what /cancel is for."""
    return _("end what we are in the middle of")
