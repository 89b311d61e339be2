"""The access log: one line per request."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import TYPE_CHECKING

import structlog

from shared.asgi import StatusRecorder, route_template

if TYPE_CHECKING:
    from shared.asgi import App, Receive, Scope, Send

# What machines ask every few seconds is logged at DEBUG.
QUIET_ROUTES = frozenset({"/health", "/ready", "/metrics"})


class AccessLogMiddleware:
    """Writes one line per request, with whatever was bound while it was served."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._log = structlog.stdlib.get_logger("access")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and log how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        recorder, started = StatusRecorder(send), perf_counter()
        try:
            await self._app(scope, receive, recorder)
        finally:
            route = route_template(scope)
            self._log.log(
                logging.DEBUG if route in QUIET_ROUTES else logging.INFO,
                "request",
                method=scope["method"],
                route=route,
                status=recorder.status,
                duration_ms=round((perf_counter() - started) * 1000, 2),
            )
