"""Reads the budget of a request from its headers."""

from __future__ import annotations

import re
from time import monotonic
from typing import TYPE_CHECKING

from shared.asgi import header
from shared.budget.current import budget_scope
from shared.budget.limits import Budget

if TYPE_CHECKING:
    from shared.asgi import App, Receive, Scope, Send

RETRY_BUDGET_HEADER = "X-Retry-Budget"
TIMEOUT_HEADER = "X-Request-Timeout"

_RETRIES = re.compile(r"[0-9]{1,3}")
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,9})?")


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
        budget = Budget(
            retries=int(retries) if _RETRIES.fullmatch(retries) else None,
            deadline=monotonic() + float(seconds) if _SECONDS.fullmatch(seconds) else None,
        )
        with budget_scope(budget):
            await self._app(scope, receive, send)
