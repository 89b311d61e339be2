"""Ties the log, and what is asked of others, to the trace of a request."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry import propagate, trace
from opentelemetry.context import attach, detach
from structlog.contextvars import bound_contextvars

from shared.asgi import header
from shared.log import QUIET_ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.asgi import App, Receive, Scope, Send


def is_probe(scope: Scope) -> bool:
    """Say whether this request is a probe's: those are not worth a trace."""
    return scope.get("path") in QUIET_ROUTES


class TraceIdMiddleware:
    """Puts the trace id into every log line of a request.

    FastAPI makes a span once tracing is configured. Without that, the trace that a caller sent
    still counts: it goes along with whatever this service asks of others.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with _trace_of(scope):
            span = trace.get_current_span().get_span_context()
            if not span.is_valid:
                await self._app(scope, receive, send)
                return
            with bound_contextvars(trace_id=trace.format_trace_id(span.trace_id)):
                await self._app(scope, receive, send)


@contextmanager
def _trace_of(scope: Scope) -> Iterator[None]:
    if trace.get_current_span().get_span_context().is_valid:
        yield
        return
    names = propagate.get_global_textmap().fields
    sent = {name: text for name in names if (text := header(scope, name)) is not None}
    token = attach(propagate.extract(sent))
    try:
        yield
    finally:
        detach(token)
