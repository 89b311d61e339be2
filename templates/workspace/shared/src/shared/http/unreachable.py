"""The error of a call that got no answer."""

from __future__ import annotations

import httpx2

from shared.errors import UnavailableError

_NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class NotSentError(UnavailableError):
    """No connection could be had, so nothing was sent: safe to try again, whatever the method."""


def unreachable(target: str, error: httpx2.TransportError) -> UnavailableError:
    """Return the error that stands for this one; where the target is stays out of it."""
    kind = NotSentError if isinstance(error, _NOT_SENT) else UnavailableError
    return kind(f"{target} cannot be reached")
