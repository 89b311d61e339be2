"""What goes wrong with messages: for who sends them, and for who handles them."""

from __future__ import annotations

from shared.errors import UnavailableError


class UnroutableError(UnavailableError):
    """No queue takes this message: whoever consumes it has never been started."""

    def __init__(self) -> None:
        super().__init__("nobody has declared the queue for this message")


class PermanentError(Exception):
    """Raised by a handler: trying again is of no use, so it becomes a dead letter at once."""


class RetryLaterError(Exception):
    """Raised by a handler: try again after exactly this many seconds; counts as an attempt."""

    def __init__(self, seconds: float, why: str = "asked to be tried later") -> None:
        super().__init__(why)
        self.seconds = max(0.0, seconds)
