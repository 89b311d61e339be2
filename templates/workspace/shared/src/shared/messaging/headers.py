"""The names of the headers that messages carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TASK = "x-task"
EVENT = "x-event"
ATTEMPT = "x-attempt"
RETURNS = "x-returns"
ORIGIN = "x-origin"
DUE = "x-due"
# When a replica first met it without knowing what it is, in milliseconds.
UNKNOWN_SINCE = "x-unknown-since"
REASON = "x-reason"
ERROR = "x-error"
QUEUE = "x-queue"
DIED_AT = "x-died-at"
# The broker's own: how often this copy came back.
DELIVERIES = "x-delivery-count"

_OF_THE_BROKER = ("x-death", "x-first-death-", "x-last-death-", DELIVERIES)
_OF_ONE_COPY = frozenset({REASON, ERROR, QUEUE, DIED_AT, RETURNS, UNKNOWN_SINCE})


def copied_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a copy of a message keeps.

    The broker drops a message that by its `x-death` has been in a waiting queue before, so a copy
    must not have it.
    """
    return {
        name: value
        for name, value in headers.items()
        if name not in _OF_ONE_COPY and not name.startswith(_OF_THE_BROKER)
    }
