"""The wait is what was asked for, or longer."""

from __future__ import annotations

from shared.errors import UnavailableError
from shared.messaging.consuming.settling import seconds_to_wait
from shared.messaging.contract import RetryPolicy
from shared.messaging.errors import RetryLaterError


def test_the_wait_is_what_was_asked_for_or_longer() -> None:
    retries = RetryPolicy(first_seconds=10, jitter=0)

    assert seconds_to_wait(RetryLaterError(3), 1, retries) == 3
    assert seconds_to_wait(RetryLaterError(-3), 1, retries) == 0
    assert seconds_to_wait(UnavailableError("busy", retry_after=30), 1, retries) == 30
    assert seconds_to_wait(UnavailableError("busy", retry_after=3), 1, retries) == 10
    assert seconds_to_wait(LookupError(), 2, retries) == 20
