"""Counts how often a message came back unanswered: it may be what takes its worker down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.messaging import headers
from shared.messaging.topology import DELIVERY_LIMIT

if TYPE_CHECKING:
    from shared.messaging.incoming import Incoming


class ReturnedTooOftenError(Exception):
    """The message came back so often that nobody should try it again."""


def returns_of(message: Incoming) -> int:
    """Return how often this attempt came back.

    The broker counts for the message it has; a copy that had to wait brings along what was counted
    for those before it.
    """
    counted = (message.headers.get(headers.RETURNS), message.headers.get(headers.DELIVERIES))
    return sum(count for count in counted if isinstance(count, int))


def check_returns(message: Incoming) -> None:
    """Raise ReturnedTooOftenError when the limit of the broker's queues is reached."""
    if (returns := returns_of(message)) >= DELIVERY_LIMIT:
        text = f"came back {returns} times: its worker died with it or was stopped"
        raise ReturnedTooOftenError(text)
