"""Decides what becomes of a message whose handler has failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import ServiceError
from shared.messaging.consuming.returns import ReturnedTooOftenError
from shared.messaging.errors import PermanentError, RetryLaterError

if TYPE_CHECKING:
    from shared.messaging.contract import Retries

PERMANENT, EXHAUSTED = "permanent", "retries-exhausted"
# As the broker calls it, which has the same limit for what nobody looks at.
RETURNED = "delivery_limit"
_MAX_ERROR = 500


def reason_to_bury(error: Exception, attempt: int, retries: Retries) -> str | None:
    """Return why a message becomes a dead letter, or None when it is tried again."""
    if isinstance(error, PermanentError):
        return PERMANENT
    if isinstance(error, ReturnedTooOftenError):
        return RETURNED
    return EXHAUSTED if attempt >= retries.attempts else None


def seconds_to_wait(error: Exception, attempt: int, retries: Retries) -> float:
    """Return how long to wait before the next attempt.

    Whoever says when to come back is not asked before.
    """
    if isinstance(error, RetryLaterError):
        return error.seconds
    seconds = retries.wait_after(attempt)
    asked = error.extensions.get("retry_after") if isinstance(error, ServiceError) else None
    return max(seconds, float(asked)) if isinstance(asked, int | float) else seconds


def told(error: BaseException) -> str:
    """Return type and message of an error, on one line and no longer than a header should be."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:_MAX_ERROR] if text else type(error).__name__
