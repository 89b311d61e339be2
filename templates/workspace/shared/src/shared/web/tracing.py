"""Ties the log to the trace that FastAPI makes of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry import trace
from structlog.contextvars import bound_contextvars

from shared.log import QUIET_ROUTES

if TYPE_CHECKING:
    from shared.asgi import App, Receive, Scope, Send


def is_probe(scope: Scope) -> bool:
    """Say whether this request is a probe's: those are not worth a trace."""
    return scope.get("path") in QUIET_ROUTES


class TraceIdMiddleware:
    """Puts the trace id into every log line of a request, once tracing is configured."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        span = trace.get_current_span().get_span_context()
        if not span.is_valid:
            await self._app(scope, receive, send)
            return
        with bound_contextvars(trace_id=trace.format_trace_id(span.trace_id)):
            await self._app(scope, receive, send)
