"""Carries from service to service what a request may still cost: retries and time.

A service that calls another one says in two headers how often the callee may retry for this
request and how many seconds are left of it. An attempt that is itself a retry allows none, so
over any number of hops retries add up and never multiply.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from shared.asgi import header, header_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.asgi import App, Receive, Scope, Send

RETRY_BUDGET_HEADER = "X-Retry-Budget"
TIMEOUT_HEADER = "X-Request-Timeout"

_INTERNAL = frozenset(map(header_name, (RETRY_BUDGET_HEADER, TIMEOUT_HEADER, "baggage")))
_RETRIES = re.compile(r"[0-9]{1,3}")
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,9})?")


@dataclass
class Budget:
    """What is left for all the calls made for one request; None is without a limit."""

    retries: int | None = None
    deadline: float | None = None

    def retries_left(self, wanted: int) -> int:
        """Return how many of the retries wanted may still be made."""
        return max(0, wanted if self.retries is None else min(wanted, self.retries))

    def spend_retry(self) -> None:
        """Count one retry."""
        if self.retries is not None:
            self.retries -= 1

    def seconds_left(self, wanted: float) -> float:
        """Return how many of the seconds wanted are left; 0 or less once time is up."""
        return wanted if self.deadline is None else min(wanted, self.deadline - monotonic())


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


def current_budget() -> Budget:
    """Return the budget of the request being served, without limits outside of one."""
    return _current.get() or Budget()


@contextmanager
def budget_scope(budget: Budget) -> Iterator[None]:
    """Make this the current budget until the block ends.

    What is done for several requests at once gets `Budget()`: the deadline of one of them is not
    the others'.
    """
    token = _current.set(budget)
    try:
        yield
    finally:
        _current.reset(token)


class BudgetMiddleware:
    """Takes the budget from the request's headers; whatever is not one counts as no limit."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request under its budget."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        retries = header(scope, RETRY_BUDGET_HEADER) or ""
        seconds = header(scope, TIMEOUT_HEADER) or ""
        token = _current.set(_parse_budget(retries, seconds) if retries or seconds else None)
        try:
            await self._app(scope, receive, send)
        finally:
            _current.reset(token)


class DropInternalHeaders:
    """Drops what only services of this system send each other, before anything reads it.

    An edge service is called by strangers: a deadline, a retry budget or baggage of theirs would
    be passed on to the services behind it.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request without them."""
        if "headers" in scope:
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] not in _INTERNAL]
        await self._app(scope, receive, send)


def _parse_budget(retries: str, seconds: str) -> Budget:
    return Budget(
        retries=int(retries) if _RETRIES.fullmatch(retries) else None,
        deadline=monotonic() + float(seconds) if _SECONDS.fullmatch(seconds) else None,
    )
