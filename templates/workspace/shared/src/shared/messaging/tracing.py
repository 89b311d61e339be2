"""Carries the trace of a request along with messages."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from opentelemetry import propagate, trace
from structlog.contextvars import bound_contextvars

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TRACER = "shared.messaging"
_PARENT = "traceparent"
_UNTRACED: AbstractContextManager[None] = nullcontext()


def inject_trace(headers: dict[str, Any]) -> None:
    """Add the headers that say which trace a message belongs to."""
    propagate.inject(headers)


def consumer_span(name: str, headers: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Handle a message in a span of its sender's trace, whose id is in every log line."""
    # Most messages of most services have no trace, and a span that goes nowhere is not free.
    configured = not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)
    return _span(name, headers) if configured or _PARENT in headers else _UNTRACED


@contextmanager
def _span(name: str, headers: Mapping[str, Any]) -> Iterator[None]:
    fields = propagate.get_global_textmap().fields
    sent = {field: headers[field] for field in fields if isinstance(headers.get(field), str)}
    kind, tracer = trace.SpanKind.CONSUMER, trace.get_tracer(_TRACER)
    parent = propagate.extract(sent)
    with tracer.start_as_current_span(f"process {name}", parent, kind=kind) as span:
        context = span.get_span_context()
        if not context.is_valid:
            yield
            return
        with bound_contextvars(trace_id=trace.format_trace_id(context.trace_id)):
            yield
