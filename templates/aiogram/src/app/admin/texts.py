"""What administrators are told."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from app.translations import gettext as _
from app.translations import ngettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.admin.broadcasts import Broadcast


def stats(updates: int, people: int, waiting: int) -> str:
    """Return what there is to know of today."""
    return "\n".join(
        [
            _("<b>Today</b> (UTC)"),
            _("updates: {updates}", updates=updates),
            _("people: {people}", people=people),
            _("waiting now: {waiting}", waiting=waiting),
        ]
    )


def how_to_broadcast() -> str:
    """Return what is said to a broadcast without a text."""
    return _("Write the text behind the command: <code>/broadcast Hello!</code>")


def draft(html: str) -> str:
    """Return the question before everybody gets it."""
    return _("Everybody gets this:") + f"\n\n{html}"


def send() -> str:
    """Return what stands on the button that sends it."""
    return _("Send it to everybody")


def discard() -> str:
    """Return what stands on the button that does not."""
    return _("Discard it")


def stop() -> str:
    """Return what stands on the button that stops it."""
    return _("Stop it")


def begun() -> str:
    """Return what is said when it has begun."""
    return _("It is on its way. I report when everybody has it.")


def busy() -> str:
    """Return what is said while there is another one."""
    return _("There is another broadcast on its way: let it end, or stop it.")


def discarded() -> str:
    """Return what is said when nobody gets it."""
    return _("Discarded: nobody gets it.")


def draft_is_gone() -> str:
    """Return what is said when it was decided on too late."""
    return _("I no longer have the text. Please write it again.")


def stopping() -> str:
    """Return what is said when it was told to stop."""
    return _("It stops before the next person.")


def nothing_to_stop() -> str:
    """Return what is said when there is none."""
    return _("There is no broadcast to stop.")


def report(broadcast: Broadcast, missed: Sequence[str]) -> str:
    """Return what has become of it, and the lines about those who were not reached."""
    lines = [
        _("The broadcast was stopped.") if broadcast.stopped else _("The broadcast is over."),
        ngettext("{n} person got it.", "{n} people got it.", broadcast.sent),
    ]
    if broadcast.unreachable:
        lines.append(
            ngettext(
                "{n} person could not be reached.",
                "{n} people could not be reached.",
                broadcast.unreachable,
            )
        )
    if broadcast.unknown:
        lines.append(
            ngettext(
                "{n} person may have got it; it was not sent a second time.",
                "{n} people may have got it; it was not sent a second time.",
                broadcast.unknown,
            )
        )
    return "\n".join([*lines, *map(escape, missed)])


def stats_summary() -> str:
    """Return what /stats is for."""
    return _("what happens here today")


def broadcast_summary() -> str:
    """Return what /broadcast is for."""
    return _("write to everybody")
