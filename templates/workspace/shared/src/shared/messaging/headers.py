"""The names of the headers that messages carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TASK = "x-task"
EVENT = "x-event"
ATTEMPT = "x-attempt"
ORIGIN = "x-origin"
DUE = "x-due"
REASON = "x-reason"
ERROR = "x-error"
QUEUE = "x-queue"
DIED_AT = "x-died-at"

_OF_THE_BROKER = ("x-death", "x-first-death-", "x-last-death-", "x-delivery-count")
_OF_DEAD_LETTERS = frozenset({REASON, ERROR, QUEUE, DIED_AT})


def lasting(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a copy of a message keeps.

    The broker drops a message that by its `x-death` has been in a waiting queue before, so a copy
    must not have it.
    """
    return {
        name: value
        for name, value in headers.items()
        if name not in _OF_DEAD_LETTERS and not name.startswith(_OF_THE_BROKER)
    }
