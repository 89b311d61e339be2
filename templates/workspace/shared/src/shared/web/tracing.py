"""Ties the log, and what is asked of others, to the trace of a request."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from opentelemetry import propagate, trace
from opentelemetry.context import attach, detach

from shared.asgi import header
from shared.log import QUIET_ROUTES

if TYPE_CHECKING:
    from opentelemetry.propagators.textmap import TextMapPropagator

    from shared.asgi import App, Receive, Scope, Send


def is_probe(scope: Scope) -> bool:
    """Say whether this request is a probe's: those are not worth a trace."""
    return scope.get("path") in QUIET_ROUTES


class TraceContextMiddleware:
    """Serves a request in the trace that its caller sent, where nothing here makes a span.

    FastAPI makes one once tracing is configured. Without that, the caller's still counts: it goes
    along with whatever this service asks of others.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        sent = {}
        if scope["type"] == "http" and not trace.get_current_span().get_span_context().is_valid:
            names = _header_names(propagate.get_global_textmap())
            sent = {name: text for name in names if (text := header(scope, name)) is not None}
        token = attach(propagate.extract(sent)) if sent else None
        try:
            await self._app(scope, receive, send)
        finally:
            if token:
                detach(token)


@cache
def _header_names(propagator: TextMapPropagator) -> tuple[str, ...]:
    return tuple(propagator.fields)
